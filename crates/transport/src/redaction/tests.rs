//! Secrets in every notation, random and chosen, and texts without secrets.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::engine::GeneralPurpose;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD, Engine as _,
};
use fastrand::Rng;

use crate::redaction::fragments::FRAGMENT_LENGTH;
use crate::redaction::known;
use crate::redaction::secret_set::{REDACTED, SecretSet};

const TOKEN: &str = "dt0c01.ST2EY72KQINMH574WMNVI7YN.G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52PX6BNDVFFM572RZM";
const BEARER: &str = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3OTk5fQ.c2lnbmF0dXJl_-x";
const KEY: &str = "a/b+c\"d\\e<f>g&h'i=j%k:l~m?n#o";

/// Both alphabets, with and without padding.
const BASE64: [GeneralPurpose; 4] = [
    BASE64_STANDARD,
    BASE64_STANDARD_NO_PAD,
    BASE64_URL_SAFE,
    BASE64_URL_SAFE_NO_PAD,
];

fn set(secrets: &[&str]) -> SecretSet {
    let mut set = SecretSet::new();
    secrets.iter().for_each(|secret| set.add(secret));
    set
}

fn hex(byte: u8, random: &mut Rng) -> String {
    if random.bool() {
        format!("{byte:02x}")
    } else {
        format!("{byte:02X}")
    }
}

/// Writes a byte in one of the notations of a character.
fn escaped(byte: u8, random: &mut Rng) -> String {
    let hex = hex(byte, random);
    match random.u8(0..14) {
        0 => format!("%{hex}"),
        1 => format!("%25{hex}"),
        2 => format!("%2525{hex}"),
        3 => format!("\\u00{hex}"),
        4 => format!("\\\\u00{hex}"),
        5 => format!("&#{byte};"),
        6 => format!("&#x{hex};"),
        7 => format!("\\x{hex}"),
        8 => format!("\\u0025{hex}"),
        9 => format!("%5cu00{hex}"),
        10 => format!("&amp;#{byte};"),
        11 => format!("%u00{hex}"),
        _ if matches!(byte, b'"' | b'\\' | b'/') => format!("\\{}", char::from(byte)),
        12 if random.bool() => char::from(byte).to_ascii_lowercase().into(),
        _ => char::from(byte).into(),
    }
}

/// Encodes a secret with other text around it.
fn encoded(secret: &str, random: &mut Rng) -> String {
    let before = &"user:"[..random.usize(0..=5)];
    let after = &":more"[..random.usize(0..=5)];
    let bytes = format!("{before}{secret}{after}");
    let bytes = bytes.as_bytes();
    let text = match random.u8(0..3) {
        0 => bytes.iter().map(|byte| hex(*byte, random)).collect(),
        _ => BASE64[random.usize(..BASE64.len())].encode(bytes),
    };
    match random.u8(0..4) {
        0 => text
            .chars()
            .map(|c| {
                if c.is_alphanumeric() {
                    c.into()
                } else {
                    format!("%{:02x}", c as u8)
                }
            })
            .collect(),
        1 => text.replace('/', "\\/").replace('+', "\\u002b"),
        2 => BASE64_STANDARD.encode(&text),
        _ => text,
    }
}

fn random_secret(random: &mut Rng) -> String {
    let length = random.usize(FRAGMENT_LENGTH..90);
    let secret: String = (0..length)
        .map(|_| char::from(random.u8(b'!'..=b'~')))
        .collect();
    match random.u8(0..3) {
        0 => format!("dt0c01.PUBLICPART.{secret}"),
        _ => secret,
    }
}

#[test]
fn a_secret_is_found_in_every_mix_of_notations_and_the_rest_of_the_text_stays() {
    let mut random = Rng::with_seed(20);
    for round in 0..300 {
        let random_one = random_secret(&mut random);
        let secret = [TOKEN, BEARER, KEY, &random_one][round % 4];
        let text: String = secret
            .bytes()
            .map(|byte| escaped(byte, &mut random))
            .collect();
        let whole = format!("the value `{text}` was refused");
        let expected = format!("the value `{REDACTED}` was refused");
        assert_eq!(set(&[secret]).redact(&whole), expected, "{secret}\n{text}");
        let bytes = set(&["an-other-one", secret])
            .redact_bytes(whole.as_bytes())
            .into_owned();
        assert_eq!(bytes, expected.as_bytes());
    }
}

#[test]
fn a_secret_is_found_in_base64_at_every_alignment_and_in_hexadecimal() {
    let mut random = Rng::with_seed(21);
    for round in 0..300 {
        let random_one = random_secret(&mut random);
        let secret = [TOKEN, BEARER, KEY, &random_one][round % 4];
        let text = encoded(secret, &mut random);
        let whole = format!("the value '{text}' was refused");
        let clean = set(&[secret]).redact(&whole).into_owned();
        let rest = clean
            .strip_prefix("the value '")
            .and_then(|rest| rest.strip_suffix("' was refused"));
        let rest = rest.unwrap_or_else(|| panic!("{secret}\n{whole}\n{clean}"));
        let (before, after) = rest
            .split_once(REDACTED)
            .unwrap_or_else(|| panic!("{secret}\n{whole}\n{clean}"));
        // The text around the secret in the same digits stays: at most five bytes, encoded twice.
        assert!(
            before.len() <= 16 && after.len() <= 16,
            "{secret}\n{whole}\n{clean}"
        );
        assert!(!after.contains(REDACTED), "{clean}");
    }
}

/// Inserts a separator after every few characters.
fn wrapped(text: &str, width: usize, between: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let lines: Vec<String> = characters.chunks(width).map(String::from_iter).collect();
    lines.join(between)
}

/// UTF-16 text, misread as Latin-1.
fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> String {
    text.encode_utf16()
        .flat_map(to_bytes)
        .map(char::from)
        .collect()
}

#[test]
fn a_secret_that_was_wrapped_is_found() {
    for secret in [TOKEN, BEARER, KEY] {
        let digits = BASE64_STANDARD.encode(secret);
        for between in [
            "\n",
            "\r\n",
            "\r\n\t",
            "\n        ",
            " ",
            "\\n",
            "\\r\\n",
            "\\\\r\\\\n",
            "\\u000a",
            "\\f",
            "\\v",
            "\\u0085",
            "%0A",
            "%0d%0a",
            "&#10;",
            "\u{200b}",
            "\u{ad}",
            "\u{2060}\u{feff}",
            "&shy;",
            "&#8203;",
            "%E2%80%8B",
            "\\u00ad",
            "\0",
            "\\u0000",
            "<br>\n",
            "&lt;br /&gt;",
            "<wbr>",
            "=\r\n",
        ] {
            for width in [1, 3, 7, 20, 76] {
                let text = wrapped(secret, width, between);
                let whole = format!("the value `{text}` was refused");
                let expected = format!("the value `{REDACTED}` was refused");
                assert_eq!(
                    set(&[secret]).redact(&whole),
                    expected,
                    "{width} {between:?}"
                );
                if between.contains(['<', '&', '=']) {
                    continue;
                }
                let text = wrapped(&digits, width, between);
                let whole = format!("the value `{text}{between}` was refused");
                let expected = format!("the value `{REDACTED}{between}` was refused");
                let clean = set(&[secret]).redact(&whole).into_owned();
                assert_eq!(clean, expected, "{width} {between:?}");
            }
        }
    }
}

#[test]
fn a_four_digit_line_break_consumes_no_more_digits() {
    for secret in [TOKEN, BEARER, KEY] {
        let digits = in_form("hexadecimal", secret);
        for between in ["\\u000a", "%u000A", "\\u000d\\u000a", "\\\\u0009"] {
            for width in [3, 7, 16, 76] {
                let lines = wrapped(&digits, width, between);
                for text in [&lines, &in_form("json", &lines.replace(between, "\n"))] {
                    let clean = set(&[secret]).redact(&format!("<{text}>")).into_owned();
                    assert_eq!(clean, format!("<{REDACTED}>"), "{width} {between}");
                }
            }
        }
    }
}

#[test]
fn a_secret_in_utf_16_is_found() {
    for secret in [TOKEN, BEARER, KEY] {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let text = utf16(&format!("<{secret}>"), to_bytes);
            let bytes: Vec<u8> = text.bytes().collect();
            let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            for text in [text, BASE64_STANDARD.encode(&bytes), hexadecimal] {
                let clean = set(&[secret]).redact(&text).into_owned();
                let (before, after) = clean.split_once(REDACTED).expect(&clean);
                assert!(before.len() <= 8 && after.len() <= 8, "{clean}");
            }
        }
    }
}

/// Encodes a text in a form that a peer may use.
fn in_form(form: &str, text: &str) -> String {
    let each = |write: &dyn Fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let unless_plain = |write: &dyn Fn(u8) -> String| {
        each(&|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).into(),
            false => write(byte),
        })
    };
    match form {
        "base64" => BASE64_STANDARD.encode(text),
        "base64url" => BASE64_URL_SAFE_NO_PAD.encode(text),
        "basic" => BASE64_STANDARD.encode(format!("u:{text}")),
        "hexadecimal" => each(&|byte| format!("{byte:02X}")),
        "percent" => unless_plain(&|byte| format!("%{byte:02X}")),
        "html" => unless_plain(&|byte| format!("&#{byte};")),
        "json" => each(&|byte| format!("\\u{byte:04x}")),
        "lines" => wrapped(text, 13, "\r\n"),
        "escaped lines" => wrapped(text, 20, "\\n"),
        "utf-16" => utf16(text, u16::to_le_bytes),
        _ => panic!("{form} is no form"),
    }
}

#[test]
fn a_secret_in_one_form_within_another_is_found() {
    const WHOLE: [&str; 6] = [
        "base64",
        "base64url",
        "basic",
        "hexadecimal",
        "percent",
        "html",
    ];
    const LAST: [&str; 5] = ["json", "lines", "utf-16", "percent", "base64"];
    let mut pairs: Vec<_> = WHOLE
        .iter()
        .flat_map(|one| LAST.map(|two| (*one, two)))
        .collect();
    pairs.extend(["base64", "hexadecimal"].map(|one| (one, "escaped lines")));
    pairs.extend(["base64", "hexadecimal", "percent"].map(|two| ("lines", two)));
    pairs.extend([("json", "lines"), ("json", "html"), ("utf-16", "percent")]);
    let (_, secret_part) = TOKEN.rsplit_once('.').unwrap();
    for secret in [secret_part, BEARER] {
        for (one, two) in &pairs {
            let text = in_form(two, &in_form(one, secret));
            let clean = set(&[secret]).redact(&format!("<{text}>")).into_owned();
            let parts = clean.split_once(REDACTED);
            // The text around the secret in the same digits may stay.
            let is_hidden = parts.is_some_and(|(before, after)| before.len() + after.len() <= 24);
            assert!(is_hidden, "{one} in {two}: {clean}");
        }
    }
}

#[test]
fn a_secret_in_numbers_is_found() {
    for secret in [TOKEN, BEARER, KEY] {
        let bytes = secret.as_bytes();
        let list = |between: &str, write: &dyn Fn(&u8) -> String| {
            let numbers: Vec<String> = bytes.iter().map(write).collect();
            numbers.join(between)
        };
        for text in [
            list(", ", &|byte| format!("{byte}")),
            list(",", &|byte| format!("{byte}")),
            list(" ", &|byte| format!("{byte}")),
            list(",\n            ", &|byte| format!("{byte}")),
            list(", ", &|byte| format!("0x{byte:02x}")),
            list(" ", &|byte| format!("0X{byte:02X}")),
            list(":", &|byte| format!("{byte:02x}")),
            list("-", &|byte| format!("{byte:02X}")),
            list(" ", &|byte| format!("{byte:02x}")),
            list("", &|byte| format!("\\{byte:03o}")),
            list("", &|byte| format!("\\{byte:03}")),
            list("", &|byte| format!("\\u{{{byte:x}}}")),
            list("", &|byte| format!("\\U{byte:08x}")),
            list("", &|byte| format!("\\x{byte:02x}")),
        ] {
            let whole = format!("the value [{text}] was refused");
            let expected = format!("the value [{REDACTED}] was refused");
            assert_eq!(set(&[secret]).redact(&whole), expected, "{text}");
        }
    }
}

#[test]
fn a_secret_with_characters_by_name_is_found() {
    let text = "a&sol;b&plus;c&quot;d&bsol;e&LT;f&gt;g&amp;h&apos;i&equals;j&percnt;k&colon;l~m&quest;n&num;o";
    assert_eq!(set(&[KEY]).redact(text), REDACTED);
    let text = KEY.replace('=', "=3D");
    assert_eq!(set(&[KEY]).redact(&text), REDACTED);
}

#[test]
fn a_redacted_encoding_leaves_no_digits_or_padding() {
    for secret in [TOKEN, BEARER, KEY, "12345678", "123456789", "1234567890"] {
        for base64 in BASE64 {
            let text = base64.encode(secret);
            let message = format!("Authorization: Basic {text}, refused");
            let expected = format!("Authorization: Basic {REDACTED}, refused");
            assert_eq!(set(&[secret]).redact(&message), expected, "{text}");
        }
    }
}

#[test]
fn a_truncated_secret_is_found() {
    let secrets = set(&[TOKEN, BEARER]);
    for (text, expected) in [
        ("starts with G3DFPBEJYM", "starts with [redacted]"),
        ("ends in BNDVFFM572RZM.", "ends in [redacted]."),
        ("…hAiOjE3OTk5f…", "…[redacted]…"),
        ("begins %65yJhb%47ciOi", "begins [redacted]"),
    ] {
        assert_eq!(secrets.redact(text), expected);
    }
}

#[test]
fn a_host_in_lower_case_is_found_in_base64_too() {
    let host = BASE64_URL_SAFE_NO_PAD.encode(TOKEN).to_lowercase();
    let clean = set(&[TOKEN]).redact(&host).into_owned();
    assert!(clean.contains(REDACTED) && clean.len() < 60, "{clean}");
    assert_eq!(set(&[TOKEN]).redact(&TOKEN.to_lowercase()), REDACTED);
}

#[test]
fn the_public_part_of_a_token_is_not_secret() {
    let (id, secret) = TOKEN.rsplit_once('.').unwrap();
    let secrets = set(&[TOKEN]);
    assert_eq!(secrets.redact(id), id);
    assert!(!secrets.contains_secret(format!("{id}.XXXXXXXXXXX")));
    assert_eq!(secrets.redact(secret), REDACTED);
    assert_eq!(
        secrets.redact(&format!("{id}, {TOKEN}, {id}")),
        format!("{id}, {REDACTED}, {id}")
    );
}

#[test]
fn an_unchanged_text_is_borrowed() {
    // As long as its replacement.
    let (text, bytes) = ("abc4711abc", b"abc4711abc");
    assert_eq!(text.len(), REDACTED.len());
    let short = set(&["4711"]);
    assert!(matches!(short.redact(text), Cow::Owned(clean) if clean == REDACTED));
    assert!(matches!(short.redact_bytes(bytes), Cow::Owned(clean) if clean == REDACTED.as_bytes()));
    assert!(matches!(short.redact("abc"), Cow::Borrowed("abc")));
}

#[test]
fn a_text_with_a_short_secret_is_withheld() {
    let secrets = set(&["pa:ss"]);
    for text in [
        "user pa:ss",
        "PA:SS",
        "x%70a%3ass",
        "dXNlcjpwYTpzcw==",
        "70613a7373",
    ] {
        assert_eq!(secrets.redact(text), REDACTED, "{text}");
        assert_eq!(*secrets.redact_bytes(text.as_bytes()), *REDACTED.as_bytes());
        assert!(secrets.contains_secret(text), "{text}");
    }
    assert_eq!(secrets.redact("pass: no"), "pass: no");
    assert!(SecretSet::new().is_empty() && set(&[""]).is_empty());
}

#[test]
fn a_text_with_too_many_readings_is_withheld() {
    let text = format!("%{}41", "25".repeat(100));
    assert_eq!(set(&[TOKEN]).redact(&text), REDACTED);
    assert_eq!(SecretSet::new().redact(&text), text);
}

#[test]
fn non_ascii_characters_are_found_and_never_split() {
    let secrets = set(&["pässwört-für-öl", "x\u{1f600}yzabc"]);
    for text in [
        "pässwört-für-öl",
        "p\\u00e4ssw\\u00F6rt-f%C3%BCr-&#246;l",
        "x\\ud83d\\ude00yzabc",
        "x%F0%9f%98%80yzabc",
    ] {
        assert_eq!(
            secrets.redact(&format!("ä{text}ä")),
            "ä[redacted]ä",
            "{text}"
        );
    }
    // Every run of bytes is found, so one may start inside a character.
    assert_eq!(
        set(&["1\u{1f600}bcdefg"]).redact("\u{1f600}bcdefg"),
        REDACTED
    );
}

#[test]
fn a_text_without_a_secret_is_unchanged() {
    let secrets = set(&[TOKEN, BEARER, KEY]);
    let mut random = Rng::with_seed(22);
    for _ in 0..300 {
        let mut text = String::from("Constraints violated: ");
        for _ in 0..random.usize(0..300) {
            let byte = random.u8(b' '..=b'~');
            if random.u8(0..8) == 0 {
                text.push_str(&escaped(byte, &mut random));
            } else {
                text.push(byte.into());
            }
        }
        let _ = write!(text, " ü€ {}", BASE64_STANDARD.encode(&text));
        let clean = secrets.redact(&text);
        assert!(
            matches!(clean, Cow::Borrowed(same) if same == text),
            "{text}"
        );
        let bytes: Vec<u8> = (0..300).map(|_| random.u8(..)).collect();
        assert_eq!(*secrets.redact_bytes(&bytes), bytes);
    }
}

#[test]
fn debug_output_of_a_set_shows_nothing() {
    assert_eq!(
        format!("{:?} {:#?}", set(&[TOKEN]), set(&["x"])),
        "SecretSet([redacted]) SecretSet([redacted])"
    );
}

#[test]
fn hostile_texts_take_no_longer_than_others() {
    let secrets = set(&[&"\\".repeat(100), &"%".repeat(100), &"+".repeat(100), TOKEN]);
    for piece in [
        "\\", "%", "%25", "+", "&#37;", "\\u005c", "%5cu0", "QUJD", "&amp;", " ", "e\n", "=\r\n",
        "d\0", "&shy;", "\\n", "<br>", "%0a", "100, ",
    ] {
        let text = piece.repeat(16 * 1024 / piece.len());
        let _ = secrets.redact(&text);
    }
}

#[test]
fn many_secrets_in_a_body_do_not_slow_the_search() {
    let mut random = Rng::with_seed(23);
    let mut secret = || -> String { (0..200).map(|_| random.alphanumeric()).collect() };
    let all: Vec<String> = (0..64).map(|_| secret()).collect();
    let members = all.iter().map(|secret| format!(r#""token":"{secret}""#));
    let body = members.collect::<Vec<_>>().join(",");
    let mut set = SecretSet::new();
    known::add_fields(&mut set, body.as_bytes());
    for secret in &all {
        assert_eq!(set.redact(&format!("<{secret}>")), "<[redacted]>");
    }
}

#[test]
fn a_token_of_others_is_found_across_line_breaks_and_invisible_characters() {
    let secrets = SecretSet::new().finding_shapes();
    for text in [
        "no dt0c01.PUBLIC.FIRST\nSECOND here",
        "no dt0c01.PUBLIC.FIRST\u{200b}SECOND here",
        "no dt0c01.PUBLIC\u{ad}.FIRST\r\nSECOND here",
        "no dt0c01.PUBLIC.FIRST%0aSECOND here",
        "no dt0c01.PUBLIC.FIRST\\u200bSECOND here",
        "no dt0c01.PUBLIC.FIRST<wbr>SECOND here",
        "no dt0c01.PUBLIC.\nFIRSTSECOND here",
    ] {
        let clean = secrets.redact(text);
        let is_clean = !clean.contains("FIRST") && !clean.contains("SECOND");
        assert!(is_clean && clean.ends_with("[redacted] here"), "{clean}");
    }
    // Words on the next line are joined to an id only if they are one word with it, and spaces end a token.
    for (text, clean) in [
        (
            "dt0g02.A is unknown\nsee there",
            "dt0g02.A is unknown\nsee there",
        ),
        ("dt0c01.A.one two", "dt0c01.A.[redacted] two"),
        ("dt0c01.A.one+two", "dt0c01.A.[redacted]+two"),
        ("of\neyJh.a.b", "of\n[redacted]"),
    ] {
        assert_eq!(secrets.redact(text), clean);
    }
}

#[test]
fn the_id_in_the_value_of_a_setup_token_is_not_secret() {
    const ID: &str = "6116bb2a-7289-4528-92ee-8e92443c3b61";
    let mut secrets = SecretSet::new();
    secrets.add(format!("sft-gw.{ID}.eyJhdCI6IkV4YW1wbGUifQ"));
    assert_eq!(secrets.redact(ID), ID);
    let text = format!("sft-gw.{ID}.eyJhdCI6IkV4YW1wbGUifQ");
    assert_eq!(secrets.redact(&text), "[redacted]");
}
