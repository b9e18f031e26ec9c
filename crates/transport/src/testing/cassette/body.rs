//! A body in a cassette.

use bytes::Bytes;
use serde_json::{Map, Value};

/// The replacement of a secret, which matches any text in a request.
pub(super) const SCRUBBED: &str = "[scrubbed]";

/// A body in its most readable form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Text(String),
    Binary(Bytes),
}

impl Body {
    pub(super) fn of(bytes: &Bytes) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if let Ok(value) = serde_json::from_slice(bytes) {
            return Self::Json(value);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Binary(bytes.clone()),
        }
    }

    pub(super) fn bytes(&self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::Json(value) => value.to_string().into(),
            Self::Text(text) => text.clone().into(),
            Self::Binary(bytes) => bytes.clone(),
        }
    }

    /// Adds the body to an interaction, under a name for its form.
    pub(super) fn write(&self, side: &str, json: &mut Map<String, Value>) {
        let (form, value) = match self {
            Self::Empty => return,
            Self::Json(value) => ("body", value.clone()),
            Self::Text(text) => ("text", text.clone().into()),
            Self::Binary(bytes) => ("hex", hex(bytes).into()),
        };
        json.insert(format!("{side}_{form}"), value);
    }

    pub(super) fn read(side: &str, json: &Value) -> Result<Self, String> {
        let get = |form: &str| json.get(format!("{side}_{form}"));
        if let Some(value) = get("body") {
            return Ok(Self::Json(value.clone()));
        }
        if let Some(text) = get("text").and_then(Value::as_str) {
            return Ok(Self::Text(text.to_owned()));
        }
        match get("hex").map(|digits| digits.as_str().and_then(unhex)) {
            None => Ok(Self::Empty),
            Some(Some(bytes)) => Ok(Self::Binary(bytes)),
            Some(None) => Err(format!("`{side}_hex` is not hexadecimal text")),
        }
    }

    /// Returns whether the body of a request matches; removed secrets match anything.
    pub(super) fn fits(&self, body: &Self) -> bool {
        match (self, body) {
            (Self::Json(pattern), Self::Json(value)) => fits_value(pattern, value),
            (Self::Text(pattern), Self::Text(text)) => fits(pattern, text),
            (pattern, body) => pattern == body || *pattern == Self::Text(SCRUBBED.into()),
        }
    }
}

fn fits_value(pattern: &Value, value: &Value) -> bool {
    match (pattern, value) {
        (Value::String(pattern), _) if pattern == SCRUBBED => true,
        (Value::String(pattern), Value::String(text)) => fits(pattern, text),
        (Value::Array(patterns), Value::Array(values)) => {
            let mut pairs = patterns.iter().zip(values);
            patterns.len() == values.len()
                && pairs.all(|(pattern, value)| fits_value(pattern, value))
        }
        (Value::Object(patterns), Value::Object(values)) => {
            let has = |(name, pattern): (&String, &Value)| {
                values
                    .get(name)
                    .is_some_and(|value| fits_value(pattern, value))
            };
            patterns.len() == values.len() && patterns.iter().all(has)
        }
        (pattern, value) => pattern == value,
    }
}

/// Returns whether a text matches; removed secrets match anything.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.rsplit_once(SCRUBBED) else {
        return pattern == text;
    };
    let mut pieces = head.split(SCRUBBED);
    let first = pieces.next().unwrap_or_default();
    let text = text
        .strip_suffix(tail)
        .and_then(|text| text.strip_prefix(first));
    let Some(mut rest) = text else {
        return false;
    };
    for piece in pieces {
        match rest.split_once(piece) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    true
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<Bytes> {
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        (pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .then(|| u8::from_str_radix(pair, 16).ok())?
    };
    digits.as_bytes().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Map, Value};

    use super::{Body, fits};

    #[test]
    fn a_body_round_trips_in_its_most_readable_form() {
        for (bytes, name) in [
            (&b""[..], None),
            (br#"{"a":1}"#, Some("response_body")),
            (b"null", Some("response_body")),
            (b"<html>", Some("response_text")),
            (b"{\"a\":1e999}", Some("response_text")),
            (b"\x00\xff", Some("response_hex")),
        ] {
            let body = Body::of(&Bytes::from_static(bytes));
            let mut json = Map::new();
            body.write("response", &mut json);
            assert_eq!(json.keys().next().map(String::as_str), name);
            let read = Body::read("response", &Value::from(json)).unwrap();
            assert_eq!((read.bytes(), &read), (Bytes::from_static(bytes), &body));
        }
    }

    #[test]
    fn a_scrubbed_value_matches_anything() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a[scrubbed]c", "abbbc", true),
            ("a[scrubbed]c", "ac", true),
            ("a[scrubbed]c", "ab", false),
            ("[scrubbed]b[scrubbed]", "abc", true),
            ("[scrubbed]b[scrubbed]", "acc", false),
            ("ab[scrubbed]bc", "abc", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
        let body = |text: &'static str| Body::of(&Bytes::from_static(text.as_bytes()));
        let pattern = body(r#"{"key":"[scrubbed]","list":[{"x":"a-[scrubbed]"}]}"#);
        assert!(pattern.fits(&body(r#"{"list":[{"x":"a-7"}],"key":5}"#)));
        for other in [
            r#"{"list":[{"x":"b-7"}],"key":5}"#,
            r#"{"list":[],"key":5}"#,
            r#"{"list":[{"x":"a-7"}]}"#,
            "text",
        ] {
            assert!(!pattern.fits(&body(other)), "{other}");
        }
    }
}
