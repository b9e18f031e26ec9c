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

/// Returns the values of secret fields, one by one.
pub(crate) fn values(body: &[u8]) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let mut rest = body;
    let all = std::iter::from_fn(move || {
        let (value, after) = next_value(rest)?;
        rest = after;
        Some(value)
    });
    all.take(MAX_VALUES)
        .filter(|value| value.len() >= FRAGMENT_LENGTH)
}

/// Returns the first value of a secret field, unescaped, and the rest.
fn next_value(body: &[u8]) -> Option<(Zeroizing<Vec<u8>>, &[u8])> {
    let mut rest = body;
    loop {
        let quote = rest.iter().position(|byte| *byte == b'"')?;
        let text = rest.get(quote + 1..)?;
        let (name, after) = split_string(text);
        let value = after.trim_ascii_start().strip_prefix(b":");
        let value = value.and_then(|value| value.trim_ascii_start().strip_prefix(b"\""));
        match value {
            Some(value) if is_secret_field(name) => {
                let (value, after) = split_string(value);
                return Some((unescaped(value), after));
            }
            // Any other text may be a value; the position is after its closing quote.
            _ => rest = after,
        }
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
}
