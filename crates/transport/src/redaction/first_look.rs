//! A quick look at a text, which most texts of a list pass.

use std::borrow::Cow;

use crate::redaction::digits::Notation;
use crate::redaction::fragments::{FRAGMENT_LENGTH, Fragments};
use crate::redaction::numbers::NumberList;

/// Returns whether a text certainly contains no secret of visible ASCII with these fragments, in any notation. A text that does not pass
/// may contain none all the same.
pub(super) fn passes(text: &[u8], fragments: &Fragments) -> bool {
    if !has_one_reading(text) {
        return false;
    }
    let joined = without_spaces(text);
    !fragments.occur_in(&joined)
        && !Notation::any_may_encode(&joined, FRAGMENT_LENGTH)
        && !NumberList::may_be_in(text, FRAGMENT_LENGTH)
}

/// Returns whether each byte stands for itself, and only spaces may be fillers.
fn has_one_reading(text: &[u8]) -> bool {
    let mut follows_equals = false;
    text.iter().all(|byte| match byte {
        b' ' => true,
        b'%' | b'\\' | b'&' | b'+' | b'<' => false,
        // An equals sign in quoted-printable.
        b'3' if follows_equals => false,
        byte => {
            follows_equals = *byte == b'=';
            byte.is_ascii_graphic()
        }
    })
}

fn without_spaces(text: &[u8]) -> Cow<'_, [u8]> {
    match text.contains(&b' ') {
        true => text.iter().copied().filter(|byte| *byte != b' ').collect(),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, Engine as _};
    use fastrand::Rng;

    use crate::redaction::secret_set::{Found, SecretSet};

    const ORDINARY: [&str; 12] = [
        "",
        "gateway",
        "administrator",
        "gw-eu-17.example.com",
        "5c1f3f0e-3a52-4a35-9a0c-e2f6b6a0e001",
        "2026-01-01T00:00:00.000Z",
        "env=prod,region=eu-central-1",
        "10.1.2.3:7234",
        "gateway number 4711 of the farm",
        "dt0g02.4KWZO5EF",
        "1.343.12.20260901-101500",
        "true",
    ];
    const SECRETS: [&str; 4] = [
        "QVZ7XJWK5TQPLMRS4XYZ8812kkqwe",
        "dt0c01.ST2EY72KQINMH574WMNVI7YN.G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWF",
        "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3OTk5fQ.c2lnbmF0dXJl_-x",
        "a/b+c\"d\\e<f>g&h'i=j%k:l~m?n#o",
    ];
    const BETWEEN: [&str; 9] = ["", "", " ", ", ", "-", ".", "/", "=", ":"];

    /// Returns a part of a secret in some notation.
    fn part(secret: &str, random: &mut Rng) -> String {
        let start = random.usize(..secret.len());
        let end = random.usize(start..=secret.len());
        let part = &secret[start..end];
        let bytes = || part.bytes();
        let part = match random.u8(..9) {
            0 => bytes().map(|byte| format!("{byte:02x}")).collect(),
            1 => bytes().map(|byte| format!("{byte} ")).collect(),
            2 => bytes().map(|byte| format!("0x{byte:x}, ")).collect(),
            3 => BASE64_STANDARD_NO_PAD.encode(part),
            4 => BASE64_URL_SAFE.encode(part),
            5 => BASE64_STANDARD_NO_PAD.encode(BASE64_URL_SAFE.encode(part)),
            6 => part.to_lowercase(),
            7 => bytes().map(|byte| format!("%{byte:02X}")).collect(),
            _ => part.to_owned(),
        };
        match random.u8(..4) {
            0 => part.chars().flat_map(|c| [c, ' ']).collect(),
            1 => part.replace('=', "=3D"),
            _ => part,
        }
    }

    #[test]
    fn in_a_text_that_passes_the_search_finds_nothing() {
        let mut random = Rng::with_seed(31);
        let mut passed = 0;
        for round in 0..10_000 {
            let secret = SECRETS[round % SECRETS.len()];
            let mut set = SecretSet::new().finding_shapes();
            set.add(secret);
            let mut text = String::new();
            for _ in 0..random.usize(1..=4) {
                match random.u8(..3) {
                    0 => text += &part(secret, &mut random),
                    1 => text += &part(SECRETS[random.usize(..SECRETS.len())], &mut random),
                    _ => text += ORDINARY[random.usize(..ORDINARY.len())],
                }
                text += BETWEEN[random.usize(..BETWEEN.len())];
            }
            if set.is_clean_at_first_look(text.as_bytes()) {
                passed += 1;
                let found = set.search(text.as_bytes(), 0);
                assert!(
                    matches!(found, Found::Ranges(parts) if parts.is_empty()),
                    "{text:?} {secret}"
                );
            }
        }
        assert!(passed > 1_000, "{passed}");
    }

    #[test]
    fn ordinary_texts_pass() {
        let mut set = SecretSet::new().finding_shapes();
        set.add(SECRETS[0]);
        for text in ORDINARY {
            assert!(set.is_clean_at_first_look(text.as_bytes()), "{text}");
        }
    }
}
