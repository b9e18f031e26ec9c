//! Secrets that are known by their shape, whatever call they belong to.

use std::ops::Range;

use crate::redaction::readings::{PlainByte, Readings};

use crate::redaction::digits::decoded_base64;

/// Returns an unescaped text without the fillers that break a word, which are those but spaces; `None` if it has none.
pub(super) fn without_breaks(
    plain: &[PlainByte],
    readings: &Readings<'_>,
) -> Option<Vec<PlainByte>> {
    let may_break =
        |byte: u8| !matches!(byte, b'\t' | b' ') && (!byte.is_ascii_graphic() || byte == b'<');
    if !plain.iter().any(|plain| may_break(plain.byte)) {
        return None;
    }
    let mut joined = plain.to_vec();
    let mut broken_to = 0;
    joined.retain(|PlainByte { byte, start, .. }| {
        if *start >= broken_to && may_break(*byte) {
            broken_to = readings.filler_end(*start).unwrap_or(broken_to);
        }
        *start >= broken_to
    });
    Some(joined)
}

/// Returns the secret parts of the tokens in a text, in order: of a Dynatrace token (`dt0c01.PUBLIC.SECRET`) what follows its id, of a
/// setup token of ASA (`sft-gw.…`) what follows the prefix, and of a JSON Web Token (`eyJ….….…`) all of it.
///
/// The base64 of a JSON object is secret, too: the value of a server enrollment token of ASA. So may a page token look, but a text that
/// repeats one loses nothing: page tokens are shown from the list, not from such texts.
///
/// The models find the same shapes in the values of paths; neither crate knows the other.
pub(super) fn secret_parts(text: &[u8]) -> Vec<Range<usize>> {
    let mut parts: Vec<_> = tokens(text).chain(objects(text)).collect();
    parts.sort_unstable_by_key(|part| (part.start, part.end));
    parts
}

/// Returns whether a text has such a part.
pub(super) fn has_secret_part(text: &[u8]) -> bool {
    tokens(text).next().is_some() || objects(text).next().is_some()
}

/// Returns the secret parts of the tokens with dots.
fn tokens(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    let words = text.split(|byte| !is_token_byte(*byte));
    words.filter_map(move |word| {
        let word_start = start;
        start += word.len() + 1;
        // The dot after a token ends the sentence.
        let last = word.iter().rposition(|byte| *byte != b'.')?;
        let token = word.get(..=last)?;
        let secret = secret_start(token)?;
        Some(word_start + secret..word_start + token.len())
    })
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// Returns where the first secret in a word begins. What follows it in the word counts as its rest.
fn secret_start(word: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let rest = word.get(start..)?;
        let mut parts = rest.splitn(3, |byte| *byte == b'.');
        let (first, second) = (parts.next()?, parts.next()?);
        let third = parts.next().filter(|third| !third.is_empty());
        let after_first = start + first.len() + 1;
        if !second.is_empty() && third.is_some() && is_dynatrace(first) {
            return Some(after_first + second.len() + 1);
        }
        if is_setup_token(first) && may_be_setup_token(second, third) {
            return Some(after_first);
        }
        if let (Some(header), Some(_)) = (header_start(first, second), third) {
            return Some(start + header);
        }
        start = after_first;
    }
}

/// Returns whether a part ends in the kind of a Dynatrace token: `dt0`, a letter and two digits.
fn is_dynatrace(part: &[u8]) -> bool {
    part.last_chunk().is_some_and(|[d, t, zero, kind, a, b]| {
        [d, t].map(u8::to_ascii_lowercase) == *b"dt"
            && *zero == b'0'
            && kind.is_ascii_alphabetic()
            && a.is_ascii_digit()
            && b.is_ascii_digit()
    })
}

fn is_setup_token(part: &[u8]) -> bool {
    part.last_chunk()
        .is_some_and(|kind: &[u8; 6]| kind.eq_ignore_ascii_case(b"sft-gw"))
}

/// Returns whether what follows the prefix of a setup token is a UUID or base64, and not the rest of a name such as
/// `sft-gw.corp.example.com`.
fn may_be_setup_token(id: &[u8], rest: Option<&[u8]>) -> bool {
    let content = rest.and_then(|rest| rest.split(|byte| *byte == b'.').next());
    let mut parts = [Some(id), content].into_iter().flatten();
    parts.any(|part| begins_uuid(part) || is_base64_of_token(part))
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

/// Returns where a part begins a JSON object in base64, the header of a JSON Web Token. In the middle of a word, the claims must be such an
/// object, too.
fn header_start(part: &[u8], claims: &[u8]) -> Option<usize> {
    const OBJECT: &[u8] = b"eyJ";
    let begins_word = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| part.get(before));
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    let mut places = part.windows(OBJECT.len()).enumerate();
    let (at, _) = places.find(|(at, window)| {
        *window == OBJECT && (begins_word(*at) || claims.starts_with(OBJECT))
    })?;
    Some(at)
}

/// The length of the shortest base64 that counts as a secret, in digits; that of any secret in an object is longer.
const SHORTEST_OBJECT: usize = 32;

/// Returns the base64 of JSON objects.
fn objects(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split(|byte| !is_base64(*byte))
        .filter_map(move |word| {
            let range = start..start + word.len();
            start = range.end + 1;
            let mut from = 0;
            loop {
                let rest = word.get(from..)?;
                let beginning = rest.get(..SHORTEST_OBJECT)?;
                // The first digit of a brace.
                if rest.starts_with(b"e") && begins_object(&decoded_base64(beginning)) {
                    return Some(range.start + from..range.end);
                }
                // Another one may begin after a separator.
                let separator = rest.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
                from += separator + 1;
            }
        })
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Returns whether these bytes are the beginning of a JSON object with a member.
fn begins_object(text: &[u8]) -> bool {
    let inside = text.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| inside.starts_with(b"\""))
}

#[cfg(test)]
mod tests {
    use super::secret_parts;

    #[track_caller]
    fn assert_secret(text: &str, expected: &[&str]) {
        let parts = secret_parts(text.as_bytes());
        let parts: Vec<&str> = parts.into_iter().map(|part| &text[part]).collect();
        assert_eq!(parts, expected, "{text}");
    }

    #[test]
    fn the_secret_of_a_token_is_what_follows_its_public_part() {
        for (text, secret) in [
            ("dt0c01.PUBLIC.SECRET", "SECRET"),
            ("the token dt0s16.A-B_C.d is unknown", "d"),
            ("Token dt0g02.4KWZO5EF.XT47R5DR.", "XT47R5DR"),
            ("client \"dt0s02.ABC.DEF\"", "DEF"),
            ("a.b.DT0C01.ABC.DEF.more", "DEF.more"),
            ("sft-gw.3f0e.eyJhdCI6IiJ9", "3f0e.eyJhdCI6IiJ9"),
            (
                "Bearer eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln, expired",
                "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln",
            ),
            ("x-eyJh.a.b", "eyJh.a.b"),
        ] {
            assert_secret(text, &[secret]);
        }
        assert_secret("dt0c01.A.one, dt0g02.B.two", &["one", "two"]);
    }

    #[test]
    fn a_long_object_in_base64_is_secret() {
        // {"s":"example-of-a-value","u":"/v1/teams/t"}
        const VALUE: &str = "eyJzIjoiZXhhbXBsZS1vZi1hLXZhbHVlIiwidSI6Ii92MS90ZWFtcy90In0";
        for text in [
            format!("bad {VALUE}=, sorry"),
            format!("token={VALUE}"),
            format!("tokens/{VALUE}"),
            format!("a-b_{VALUE}"),
            format!("\"{VALUE}\""),
        ] {
            assert_secret(&text, &[VALUE]);
        }
        for text in [
            "eyJzIjoiZXhhbXBsZSJ9",
            "keyJzIjoiZXhhbXBsZS1vZi1hLXZhbHVlIiwidSI6Ii92",
            "eye/ey/eyelid/eyesight-of-an-eyewitness-in-eyesore",
        ] {
            assert_secret(text, &[]);
        }
    }

    #[test]
    fn an_id_and_ordinary_words_are_not_secret() {
        for text in [
            "",
            "...",
            "dt0g02.abc123",
            "dt0g02.4KWZO5EF is unknown. See another.word.here",
            "dt0g02.4KWZO5EF.",
            "dt0g02..SECRET",
            "dt0.a.b",
            "dt0c0.a.b",
            "eu-1.live.dynatrace.example.com",
            "monkeyJar.tar.gz",
            "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9",
            "sft-gw.",
            "sft-gw.corp.example.com",
            "sft-gw.advanced-server-access.svc.cluster.local",
            "sft-gw.Corp.Example.com",
            "sft-gw.2026-12-01T10.pem",
            "sft-gw.deadbeef.README.md",
            "https://eu-sft-gw.corp.example.com:8443/v1",
            "2026-11-30T23:09:35.000Z",
        ] {
            assert_secret(text, &[]);
        }
    }
}
