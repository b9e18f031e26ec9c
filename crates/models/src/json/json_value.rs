//! The values of members that a vendor leaves free.

use alloc::string::{String, ToString};
use core::fmt;

use serde_core::{
    Deserialize, Serialize, Serializer,
    de::{DeserializeSeed, Deserializer},
};

use super::limits::Limits;
use super::number::Number;
use super::seed::ValueSeed;
use super::value::Json;
use crate::de::refusal::invalid_value;

/// A value in an object whose members the vendor leaves free: a text in every documented case, and any other JSON value if the server
/// sends one.
///
/// `Display` writes a text as it is, without quotes and with any characters in it, and any other value as JSON without spaces; the
/// `Debug` form has the quotes of a text. A value is at most 1 MiB, nested at most 64 deep.
///
/// It is written back as it was read, with one exception: a number with more digits than an `f64` or a 64-bit integer can hold is
/// written as a string of its digits, as [`UnknownMembers`](crate::UnknownMembers) says.
///
/// ```
/// use gatelet_models::JsonValue;
/// use gatelet_models::dt::ActiveGateModule;
///
/// let text = r#"{"type":"LOGS","attributes":{"mode":"fast","port":9999,"proxy":null}}"#;
/// let module: ActiveGateModule = serde_json::from_str(text)?;
/// let attributes = module.attributes.as_ref().unwrap();
/// assert_eq!(attributes["mode"], "fast");
/// assert_eq!(attributes["port"].as_str(), None);
/// assert_eq!(attributes["port"].to_string(), "9999");
/// assert!(attributes["proxy"].is_null());
/// assert_eq!(serde_json::to_string(&module)?, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct JsonValue(Json);

impl JsonValue {
    /// The value `null`.
    pub const NULL: Self = Self(Json::Null);

    /// Returns the text, or `None` if it is another kind of value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns whether it is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.0, Json::Null)
    }
}

impl From<&str> for JsonValue {
    fn from(text: &str) -> Self {
        Self(Json::Text(text.into()))
    }
}

impl From<String> for JsonValue {
    fn from(text: String) -> Self {
        Self(Json::Text(text.into()))
    }
}

impl From<bool> for JsonValue {
    fn from(value: bool) -> Self {
        Self(Json::Boolean(value))
    }
}

impl From<i64> for JsonValue {
    fn from(value: i64) -> Self {
        Self(Json::Number(Number::from(value)))
    }
}

/// Compares with a text; no other kind of value equals one.
impl PartialEq<str> for JsonValue {
    fn eq(&self, text: &str) -> bool {
        self.as_str() == Some(text)
    }
}

/// Compares with a text; no other kind of value equals one.
impl PartialEq<&str> for JsonValue {
    fn eq(&self, text: &&str) -> bool {
        *self == **text
    }
}

impl fmt::Display for JsonValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Json::Text(text) => f.pad(text),
            other => f.pad(&other.to_string()),
        }
    }
}

/// Writes a text in quotes, with control characters escaped, and any other value as JSON.
impl fmt::Debug for JsonValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Json::Text(text) => fmt::Debug::fmt(text, f),
            other => write!(f, "{other}"),
        }
    }
}

impl Serialize for JsonValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The maximum nesting of arrays and objects.
        const DEPTH: usize = 64;
        /// The maximum size, in bytes.
        const BYTES: usize = 1 << 20;
        let mut limits = Limits::new(DEPTH, BYTES);
        let value = ValueSeed(&mut limits).deserialize(deserializer)?;
        if limits.is_exceeded() {
            let expected = "a value of at most 1 MiB, nested at most 64 deep";
            return Err(invalid_value("too much", &expected));
        }
        if limits.is_malformed() {
            let expected = "a text of whole characters";
            return Err(invalid_value("half of a character", &expected));
        }
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn read(text: &str) -> Result<JsonValue, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn every_kind_of_value_is_written_as_it_was_read() {
        for text in [
            "\"\"",
            "\"a \\\"b\\\"\"",
            "null",
            "true",
            "-7",
            "18446744073709551615",
            "0.30000000000000004",
            "[1,[],{\"a\":null}]",
            "{\"b\":1,\"a\":2}",
        ] {
            let value = read(text).expect(text);
            assert_eq!(serde_json::to_string(&value).expect("JSON"), text);
        }
    }

    #[test]
    fn a_number_of_too_many_digits_is_written_as_a_string_of_them() {
        let digits = "1.00000000000000000001";
        let value = read(digits).expect("a number");
        assert_eq!((value.as_str(), value.to_string()), (None, digits.into()));
        let written = serde_json::to_string(&value).expect("JSON");
        assert_eq!(written, format!("{digits:?}"));
    }

    #[test]
    fn a_text_is_shown_without_quotes_and_any_other_value_as_json() {
        for (text, shown, debug) in [
            ("\"a\\u001bb\"", "a\u{1b}b", "\"a\\u{1b}b\""),
            ("\"null\"", "null", "\"null\""),
            ("null", "null", "null"),
            ("9999", "9999", "9999"),
            (" [ \"a\" , 1 ] ", "[\"a\",1]", "[\"a\",1]"),
        ] {
            let value = read(text).expect(text);
            assert_eq!(value.to_string(), shown);
            assert_eq!(format!("{value:?}"), debug);
        }
        assert_eq!(format!("{:>5}|", JsonValue::from(-7)), "   -7|");
    }

    #[test]
    fn only_a_text_equals_a_text() {
        assert_eq!(JsonValue::from("7"), "7");
        assert_ne!(JsonValue::from(7), "7");
        assert_ne!(JsonValue::from(true), JsonValue::from("true"));
        assert!(JsonValue::NULL.is_null() && !JsonValue::from("null").is_null());
    }

    #[test]
    fn a_value_beyond_the_limits_is_an_error_without_the_value() {
        let deep = "[".repeat(65) + &"]".repeat(65);
        let long = format!("\"{}\"", "x".repeat(1 << 20));
        for text in [deep.as_str(), &long, "\"canary\\ud800\""] {
            let error = read(text).expect_err("beyond the limits").to_string();
            assert!(
                !error.contains("xx") && !error.contains("canary"),
                "{error}"
            );
        }
        assert!(read(&("[".repeat(64) + &"]".repeat(64))).is_ok());
    }
}
