//! Known locations of secrets.

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::redaction::digits::decoded_base64;
use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::secret_set::SecretSet;

/// The JSON fields and query parameters whose value is a secret, in lower case.
pub(crate) const SECRET_FIELDS: &[&str] = &[
    "access_token",
    "bearer_token",
    "client_secret",
    "key_secret",
    "password",
    "refresh_token",
    "secret",
    "token",
];

/// The maximum number of values from one body.
const MAX_VALUES: usize = 64;

impl SecretSet {
    /// Adds the value of a header field without its scheme, such as `Bearer`; for the Basic scheme, also the password.
    ///
    /// ```
    /// use gatelet_transport::SecretSet;
    /// use http::HeaderValue;
    ///
    /// let mut secrets = SecretSet::new();
    /// secrets.add_header(&HeaderValue::from_static("Bearer 4KWZO5EFQ7XN"));
    /// assert!(secrets.contains_secret("no 4KWZO5EFQ7XN here"));
    /// assert!(!secrets.contains_secret("Bearer"));
    /// ```
    pub fn add_header(&mut self, value: &HeaderValue) {
        add_header(self, value, 0);
    }
}

/// Adds the value of a header field without its scheme, and the password of Basic credentials.
///
/// Values shorter than `min_length` are left out.
pub(crate) fn add_header(secrets: &mut SecretSet, value: &HeaderValue, min_length: usize) {
    let mut add = |secret: &[u8]| {
        if secret.len() >= min_length {
            secrets.add(secret);
        }
    };
    let value = value.as_bytes();
    let space = value.iter().position(|byte| *byte == b' ');
    let (scheme, token) = match space {
        Some(space) => value.split_at(space),
        None => (&b""[..], value),
    };
    let token = token.trim_ascii();
    add(token);
    if scheme.eq_ignore_ascii_case(b"basic") {
        let pair = decoded_base64(token);
        let colon = pair.iter().position(|byte| *byte == b':');
        let password = colon.and_then(|colon| pair.get(colon + 1..));
        add(password.unwrap_or_default());
    }
}

/// Adds the values of secret fields in a body, which may be truncated or malformed.
///
/// Values so short that a match may be a coincidence are left out.
pub(crate) fn add_fields(secrets: &mut SecretSet, body: &[u8]) {
    secrets.add_all(values(body));
}

/// Returns the values of secret fields, one by one; of a value that is an object or a list, the strings and numbers in it.
pub(crate) fn values(body: &[u8]) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let scan = Scan {
        rest: body,
        depth: 0,
    };
    scan.filter(|value| value.len() >= FRAGMENT_LENGTH)
        .take(MAX_VALUES)
}

/// A position in a body.
struct Scan<'a> {
    rest: &'a [u8],
    /// How many objects and lists within the value of a secret field are open.
    depth: usize,
}

impl Iterator for Scan<'_> {
    type Item = Zeroizing<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.depth > 0 {
                if let Some(value) = self.next_inside()? {
                    return Some(value);
                }
                continue;
            }
            let quote = self.rest.iter().position(|byte| *byte == b'"')?;
            let (name, after) = split_string(self.rest.get(quote + 1..)?);
            // Any other text may be a value; the position is after its closing quote.
            self.rest = after;
            let value = after.trim_ascii_start().strip_prefix(b":");
            let Some(value) = value.filter(|_| is_secret_field(name)) else {
                continue;
            };
            let value = value.trim_ascii_start();
            match value.split_first() {
                Some((b'"', text)) => {
                    let (text, after) = split_string(text);
                    self.rest = after;
                    return Some(unescaped(text));
                }
                Some((b'{' | b'[', inside)) => (self.rest, self.depth) = (inside, 1),
                _ => {}
            }
        }
    }
}

impl Scan<'_> {
    /// Reads one symbol within a value; `Some(None)` is one that is not secret, such as the name of a member.
    #[allow(clippy::option_option, reason = "the outer one is the end of the body")]
    fn next_inside(&mut self) -> Option<Option<Zeroizing<Vec<u8>>>> {
        let (first, after) = self.rest.split_first()?;
        match first {
            b'"' => {
                let (text, after) = split_string(after);
                self.rest = after;
                let is_name = after.trim_ascii_start().starts_with(b":");
                return Some((!is_name).then(|| unescaped(text)));
            }
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b'0'..=b'9' => {
                let is_number =
                    |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E');
                let end = self.rest.iter().position(|byte| !is_number(byte));
                let (number, after) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = after;
                return Some(Some(Zeroizing::new(number.to_vec())));
            }
            _ => {}
        }
        self.rest = after;
        Some(None)
    }
}

fn is_secret_field(name: &[u8]) -> bool {
    SECRET_FIELDS
        .iter()
        .any(|field| field.as_bytes().eq_ignore_ascii_case(name))
}

/// Splits at the closing quote, or at the end if there is none.
fn split_string(text: &[u8]) -> (&[u8], &[u8]) {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    let end = end.unwrap_or(text.len());
    let (inside, after) = text.split_at_checked(end).unwrap_or((text, b""));
    (inside, after.get(1..).unwrap_or_default())
}

fn unescaped(text: &[u8]) -> Zeroizing<Vec<u8>> {
    if !text.contains(&b'\\') {
        return Zeroizing::new(text.to_vec());
    }
    let string = [b"\"", text, b"\""].concat();
    let string = Zeroizing::new(string);
    match serde_json::from_slice::<String>(&string) {
        Ok(plain) => Zeroizing::new(plain.into_bytes()),
        Err(_) => Zeroizing::new(text.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::{SecretSet, add_fields, add_header};

    #[test]
    fn the_scheme_of_a_header_is_public_and_a_password_secret() {
        let mut secrets = SecretSet::new();
        let value = HeaderValue::from_static("Basic dXNlci1uYW1lOmh1bnRlcjItYW5kLW1vcmU=");
        add_header(&mut secrets, &value, 0);
        for secret in ["dXNlci1uYW1lOmh1bnRlcjItYW5kLW1vcmU=", "hunter2-and-more"] {
            assert_eq!(secrets.redact(&format!("<{secret}>")), "<[redacted]>");
        }
        let mut secrets = SecretSet::new();
        add_header(
            &mut secrets,
            &HeaderValue::from_static("Api-Token 0123456789abcdef"),
            0,
        );
        let text = "Authorization: Api-Token 0123456789abcdef";
        assert_eq!(secrets.redact(text), "Authorization: Api-Token [redacted]");
    }

    #[test]
    fn secrets_are_found_in_complete_and_truncated_bodies() {
        for body in [
            r#"{"id": "7", "token": "dt0g02.PUB.SECRET\/SECRET"}"#,
            r#"{"id": "7", "TOKEN" : "dt0g02.PUB.SECRET/SECRET", "#,
            r#"{"a\"token": 1, "x": ["token"], "token": "dt0g02.PUB.\u0053ECRET/SECRET"#,
            r#"[{"token": null, "bearer_token":"dt0g02.PUB.SECRET/SECRET"}]"#,
        ] {
            let mut secrets = SecretSet::new();
            add_fields(&mut secrets, body.as_bytes());
            assert_eq!(
                secrets.redact("x SECRET/SECRET y"),
                "x [redacted] y",
                "{body}"
            );
        }
        let mut secrets = SecretSet::new();
        add_fields(&mut secrets, br#"{"token": "short", "secret": 5, "token"#);
        assert!(secrets.is_empty());
    }

    #[test]
    fn secrets_are_found_in_an_object_in_place_of_a_text() {
        for body in [
            r#"{"id": "7", "token": {"s": "SECRET\/SECRET", "u": "/v1"}}"#,
            r#"{"token" : [null, {"expires_at": "x", "a": {"b": ["\u0053ECRET/SECRET"#,
            r#"{"token": {"a": {}}, "secret": {"s": "SECRET/SECRET"}, "id": "SECRET"}"#,
            r#"{"token": {"token": "SECRET/SECRET"}}"#,
        ] {
            let mut secrets = SecretSet::new();
            add_fields(&mut secrets, body.as_bytes());
            let text = "x SECRET/SECRET expires_at y";
            assert_eq!(secrets.redact(text), "x [redacted] expires_at y", "{body}");
        }
        let mut secrets = SecretSet::new();
        let body = br#"{"token": {"s": 1234567890.5}, "name": "ordinary-name"}"#;
        add_fields(&mut secrets, body);
        let text = "1234567890 of ordinary-name";
        assert_eq!(secrets.redact(text), "[redacted] of ordinary-name");
    }
}
