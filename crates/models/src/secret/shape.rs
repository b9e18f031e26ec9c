//! Finds the vendors' secrets in texts by their shapes.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::str::Chars;

use crate::text::invisible::is_invisible;

/// Returns whether a text contains something shaped like a vendor's secret, anywhere and in any encoding.
///
/// The shapes are a Dynatrace token of any kind with its secret part (`dt0c01.PUBLIC.SECRET`), the value of a gateway setup token
/// (`sft-gw.…`) and a JSON Web Token (`eyJ….….…`), which ASA issues for a key. They are found after other words, in quotes,
/// percent-encoded any number of times, with the escapes of JSON, with invisible characters in between, and in base64. The id of a
/// Dynatrace token, which ends before its secret part, is not secret. A secret without a shape of its own, such as the secret of an ASA
/// key, is not found.
///
/// Servers and proxies log URLs, so [`Operation::expand`](crate::Operation::expand) refuses a value that contains a secret.
///
/// ```
/// use gatelet_models::contains_secret;
///
/// assert!(contains_secret("Authorization: Api-Token dt0c01.EXAMPLE.SECRET"));
/// assert!(contains_secret("dt0c01%2EEXAMPLE%2ESECRET"));
/// assert!(!contains_secret("dt0g02.4KWZO5EF"));
/// ```
#[must_use]
pub fn contains_secret(text: &str) -> bool {
    let plain = unescaped(text);
    let text = text.as_bytes();
    let decoded = percent_decoded(plain.as_bytes());
    has_shape(text)
        || has_shape(&decoded)
        || decoded
            .split(|byte| !is_base64(*byte))
            .filter(|word| word.len() >= SHORTEST_BASE64)
            .any(base64_has_shape)
}

/// Returns whether a text begins with a JSON object, or contains a long one in base64: the value of a server enrollment token.
///
/// Other base64 of objects is not secret, such as a page token, so [`contains_secret`] does not include this check.
pub(crate) fn contains_object(text: &str) -> bool {
    /// Shorter than the base64 of any secret in an object.
    const SHORTEST_VALUE: usize = 32;
    let plain = unescaped(text);
    let text = percent_decoded(plain.as_bytes());
    begins_object(text.trim_ascii_start())
        || text
            .split(|byte| !is_base64(*byte))
            .flat_map(|word| word.windows(SHORTEST_VALUE).enumerate())
            .any(|(at, start)| is_object_start(at, start))
}

/// Returns whether these base64 characters are the beginning of an object, also behind others: those decode to other bytes, so here all
/// must be readable.
fn is_object_start(at: usize, start: &[u8]) -> bool {
    // That of `{`.
    const FIRST: u8 = b'e';
    if start.first() != Some(&FIRST) {
        return false;
    }
    let object = base64_decoded(start);
    let is_readable = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    begins_object(&object) && (at == 0 || object.iter().all(is_readable))
}

/// Returns whether these bytes are the beginning of a JSON object with a member.
fn begins_object(text: &[u8]) -> bool {
    let inside = text.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| inside.starts_with(b"\""))
}

/// The length of the base64 of the shortest text that has a shape.
const SHORTEST_BASE64: usize = "c2Z0LWd3LmE".len();

/// Returns whether these bytes contain a secret unencoded.
fn has_shape(text: &[u8]) -> bool {
    let is_token_byte =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    text.split(|byte| !is_token_byte(byte)).any(|word| {
        let mut parts = word.split(|byte| *byte == b'.');
        let (mut first, mut second) = (parts.next(), parts.next());
        while let (Some(prefix), Some(public)) = (first, second) {
            let third = parts.next();
            if is_dynatrace(prefix, public, third)
                || is_setup_token(prefix, public, third)
                || is_jwt(prefix, public, third)
            {
                return true;
            }
            (first, second) = (second, third);
        }
        false
    })
}

/// Returns whether the parts are a Dynatrace token: `dt0`, a letter and two digits; a public part; a secret part.
fn is_dynatrace(prefix: &[u8], public: &[u8], secret: Option<&[u8]>) -> bool {
    let has_prefix = prefix.last_chunk().is_some_and(|[d, t, zero, kind, a, b]| {
        [d, t].map(u8::to_ascii_lowercase) == *b"dt"
            && *zero == b'0'
            && kind.is_ascii_alphabetic()
            && a.is_ascii_digit()
            && b.is_ascii_digit()
    });
    has_prefix && !public.is_empty() && secret.is_some_and(|secret| !secret.is_empty())
}

/// Returns whether the parts are the value of a setup token: `sft-gw`, a UUID, and base64 of an object. Either of the two is enough, but a
/// host name such as `sft-gw.corp.example.com` is none.
fn is_setup_token(prefix: &[u8], id: &[u8], content: Option<&[u8]>) -> bool {
    prefix
        .last_chunk()
        .is_some_and(|kind: &[u8; 6]| kind.eq_ignore_ascii_case(b"sft-gw"))
        && (is_of_token(id) || content.is_some_and(is_of_token))
}

/// Returns whether a part is one of a token rather than of a name: the beginning of a UUID, or base64.
fn is_of_token(part: &[u8]) -> bool {
    begins_uuid(part) || is_base64_of_token(part)
}

/// Returns whether a part begins with the first digits of a UUID and its first hyphen.
fn begins_uuid(part: &[u8]) -> bool {
    const DIGITS: usize = 8;
    part.get(..DIGITS)
        .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        && part.get(DIGITS) == Some(&b'-')
}

/// Returns whether a part is the base64 of an object, or long and of upper case, lower case and digits as all base64 is.
fn is_base64_of_token(part: &[u8]) -> bool {
    const LONGEST_WORD: usize = 20;
    let has = |test: fn(&u8) -> bool| part.iter().any(test);
    part.starts_with(b"eyJ")
        || part.len() > LONGEST_WORD
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit)
}

/// Returns whether the parts are a JSON Web Token: three parts in base64, the first of which is a JSON object. Where the first part begins
/// in the middle of a word, the second must be a JSON object too.
fn is_jwt(header: &[u8], claims: &[u8], signature: Option<&[u8]>) -> bool {
    const OBJECT: &[u8] = b"eyJ";
    let begins_a_word = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| header.get(before));
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    let is_header = header
        .windows(OBJECT.len())
        .enumerate()
        .any(|(at, part)| part == OBJECT && (begins_a_word(at) || claims.starts_with(OBJECT)));
    is_header && signature.is_some_and(|signature| !(claims.is_empty() && signature.is_empty()))
}

/// Returns the text without invisible characters, and with the escapes of JSON decoded, however often it was escaped.
fn unescaped(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => plain.extend(escaped(&mut rest)),
            c if is_invisible(c) => {}
            c => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// Returns the meaning of the character after a backslash.
fn escaped(rest: &mut Chars<'_>) -> Option<char> {
    match rest.find(|c| *c != '\\')? {
        'b' | 'f' | 'n' | 'r' | 't' => Some(' '),
        'u' => {
            let digits = rest.as_str().get(..4);
            let digits = digits.filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let Some(code) = digits.and_then(|it| u32::from_str_radix(it, 16).ok()) else {
                return Some('u');
            };
            *rest = rest.as_str().get(4..)?.chars();
            char::from_u32(code).filter(|c| !is_invisible(*c))
        }
        other => Some(other),
    }
}

/// Returns the text with every percent-encoded byte decoded, as often as it was encoded.
fn percent_decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'%') {
        return Cow::Borrowed(text);
    }
    // The crate percent-encoding decodes once; repeating that for `%252525…` would take quadratic time.
    let mut decoded = Vec::with_capacity(text.len());
    for byte in text {
        decoded.push(*byte);
        // A decoded byte may complete another escape, as the `%` of `%25` does.
        while let [rest @ .., b'%', high, low] = decoded.as_slice()
            && let [Some(high), Some(low)] = [high, low].map(|it| char::from(*it).to_digit(16))
        {
            let length = rest.len();
            decoded.truncate(length);
            decoded.push((high << 4 | low) as u8);
        }
    }
    Cow::Owned(decoded)
}

fn is_base64(byte: u8) -> bool {
    sextet(byte).is_some()
}

/// Returns whether the bytes that a word encodes contain a secret. Other characters may precede the encoded text, so each
/// of the four alignments is tried.
fn base64_has_shape(word: &[u8]) -> bool {
    (0..4).any(|skipped| {
        let word = word.get(skipped..).unwrap_or_default();
        has_shape(&base64_decoded(word))
    })
}

/// Returns the whole bytes that a word of base64 encodes, in the standard or the URL alphabet.
///
/// A library would refuse what is cut off or mixes the alphabets. The redaction of `gatelet-transport` is as lenient, but neither
/// crate knows the other.
fn base64_decoded(word: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(word.len());
    for four in word.chunks(4) {
        let bits = four
            .iter()
            .fold(0, |bits, byte| bits << 6 | sextet(*byte).unwrap_or(0));
        let [_, bytes @ ..] = (bits << (6 * (4 - four.len()))).to_be_bytes();
        decoded.extend(bytes.iter().take(four.len() - 1));
    }
    decoded
}

/// Returns the six bits that a character of base64 encodes.
fn sextet(byte: u8) -> Option<u32> {
    let sextet = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(sextet.into())
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::String};

    use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine as _};
    use proptest::prelude::*;

    use super::*;

    const SECRETS: [&str; 6] = [
        "dt0c01.ABC.DEF",
        "dt0g02.4KWZO5EF.XT47R5DRJNIAEXAMPLE",
        "dt0s16.A-B_C.D",
        "sft-gw.3f0e.eyJhdCI6IiJ9",
        "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln",
        "eyJhbGciOiJub25lIn0.eyJleHAiOjF9.",
    ];

    fn percent(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02x}")).collect()
    }

    // U54
    #[test]
    fn a_secret_is_found_behind_words_in_quotes_and_in_every_encoding() {
        for secret in SECRETS {
            for text in [
                secret.into(),
                format!("token {secret}"),
                format!("Api-Token {secret}"),
                format!("Authorization: Bearer {secret}\r\n"),
                format!("\"{secret}\""),
                format!("'{secret}'"),
                format!("{{\"token\":\"{secret}\"}}"),
                format!("https://a.example/api?token={secret}&b=c"),
                format!("a/{secret}/b"),
                format!("a.b.{secret}.c"),
                format!(" {secret} "),
                format!("\u{e9}{secret}\u{e9}"),
                secret.replace('.', "\\u002e"),
                secret.replace('.', "\\\\u002E"),
                secret.replace('.', "\\."),
                secret.replace('.', ".\u{200b}"),
                secret.replace('0', "\u{200d}0").replace('J', "\\u200dJ"),
                format!("\\r\\n{secret}\\u"),
                secret.replace('.', "%2E"),
                secret.replace('.', "%252e"),
                secret.replace('.', "%25252e"),
                percent(secret),
                percent(&percent(secret)),
                percent(&percent(&percent(secret))),
                BASE64_STANDARD_NO_PAD.encode(secret),
                BASE64_STANDARD_NO_PAD.encode(format!("a{secret}")),
                BASE64_URL_SAFE_NO_PAD.encode(format!("\u{ff}\u{fe}{secret}\u{ff}")),
                format!("Basic {}==", BASE64_STANDARD_NO_PAD.encode(secret)),
                format!("ab{}", BASE64_STANDARD_NO_PAD.encode(secret)),
                percent(&BASE64_STANDARD_NO_PAD.encode(secret)),
            ] {
                assert!(contains_secret(&text), "{text}");
            }
        }
        for text in [
            "dt0c01.abc.def",
            "DT0C01.ABC.DEF",
            "xdt0c01.ABC.DEF",
            "xeyJh.eyJi.c",
        ] {
            assert!(contains_secret(text), "{text}");
        }
    }

    #[test]
    fn an_id_and_ordinary_words_are_not_secret() {
        for text in [
            "",
            "dt0g02.4KWZO5EF",
            "dt0g02.4KWZO5EF.",
            "dt0g02..SECRET",
            "dt0g02.4KWZO5EF and another.word.here",
            "dt0.a.b",
            "dt0c0.a.b",
            "a2dfd474-2db4-4a35-9a0c-2f6b6a0effff",
            "6116bb2a.b",
            "an.id.of.another.form",
            "eu-1.live.dynatrace.example.com",
            "monkeyJar.tar.gz",
            "eyJhbGciOiJSUzI1NiJ9",
            "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9",
            "sft-gw",
            "sft-gw.",
            "sft-gw.corp.example.com",
            "sft-gw.advanced-server-access.svc.cluster.local",
            "sft-gw.Corp.Example.com",
            "sft-gw.2026-12-01T10.pem",
            "sft-gw.deadbeef.README.md",
            "https://eu-sft-gw.corp.example.com:8443/v1",
            "/etc/ssl/sft-gw.pem",
            "100%",
            "%2",
            "%zz%",
            "now+60d",
        ] {
            assert!(!contains_secret(text), "{text}");
            assert!(!contains_secret(&percent(text)), "{text}");
            assert!(
                !contains_secret(&BASE64_STANDARD_NO_PAD.encode(text)),
                "{text}"
            );
        }
    }

    // U54
    #[test]
    fn an_object_is_found_in_plain_text_and_in_base64() {
        let object = r#"{"s":"0123456789abcdef","u":"/v1"}"#;
        for text in [
            object.into(),
            format!(" {object}"),
            object.replace('"', "\\\""),
            percent(object),
            r#"{ "a": "b" }"#.into(),
            format!("web/{}", BASE64_STANDARD_NO_PAD.encode(object)),
            format!("abc+{}", BASE64_URL_SAFE_NO_PAD.encode(object)),
            BASE64_STANDARD_NO_PAD.encode(object),
            BASE64_URL_SAFE_NO_PAD.encode(object),
            BASE64_STANDARD_NO_PAD.encode(format!("{{\n  {}", &object[1..])),
            format!("'{}=='", BASE64_STANDARD_NO_PAD.encode(object)),
            format!("{}%3D", BASE64_STANDARD_NO_PAD.encode(object)),
        ] {
            assert!(contains_object(&text), "{text}");
        }
        for text in [
            "",
            "a2dfd474-2db4-4a35-9a0c-2f6b6a0effff",
            "e7dfd474-2db4-4a35-9a0c-2f6b6a0effff",
            "eyJhbGciOiJSUzI1NiJ9",
            "{id}",
            "{}",
            "eyjafjallajokull-gateways-of-the-north",
            "theyJointlyManagedProductionClustersOfTheNorth",
        ] {
            assert!(!contains_object(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_searched_in_any_encoding(before in "\\PC{0,8}", after in "\\PC{0,8}", times in 0..4_u8) {
            let text = format!("{before} dt0c01.ABC.DEF {after}");
            let text = (0..times).fold(text, |text, _| percent(&text));
            prop_assert!(contains_secret(&text));
            prop_assert!(contains_secret(&BASE64_URL_SAFE_NO_PAD.encode(&text)) || times > 0);
        }

        #[test]
        fn no_text_breaks_the_search(text in "[%.0-9a-fA-FeyJdt_-]{0,40}|\\PC{0,40}") {
            let _ = contains_secret(&text);
            let _ = contains_object(&text);
        }
    }
}
