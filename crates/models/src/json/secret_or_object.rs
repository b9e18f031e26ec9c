//! A secret that is documented as an object and sent as a string.

use alloc::string::String;
use core::fmt::{self, Write as _};

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use zeroize::Zeroizing;

use super::limits::Limits;
use super::seed::ValueSeed;
use super::value::Json;
use crate::de::refusal::{invalid_kind, refuse, seed};
use crate::de::scalars::STRING;
use crate::secret::secret::Secret;

/// The most bytes of the values in the object, and their depth.
const BYTES: usize = 1 << 16;
const DEPTH: usize = 32;

/// A seed that reads a secret from a string, or from an object, whose JSON it becomes.
#[derive(Clone, Copy)]
pub(crate) struct SecretOrObject;

seed!([] SecretOrObject => Secret);

impl<'de> Visitor<'de> for SecretOrObject {
    type Value = Secret;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an object")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }
    fn visit_string<E: Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
        let mut limits = Limits::new(DEPTH, BYTES);
        let mut json = Zeroizing::new(String::from("{"));
        while let Some(name) = map.next_key_seed(STRING)? {
            if json.len() > 1 {
                json.push(',');
            }
            push_text(&mut json, &name);
            json.push(':');
            // No error is made inside the object, because its place would name a member.
            push(&mut json, map.next_value_seed(ValueSeed(&mut limits))?);
        }
        if limits.is_exceeded() || limits.is_malformed() {
            return Err(invalid_kind("an object", &self));
        }
        json.push('}');
        Ok(Secret::new(json.as_str()))
    }
    refuse!(boolean integer fraction bytes null array);
}

/// Appends a value as JSON without spaces.
fn push(json: &mut String, value: Json) {
    match value {
        Json::Text(text) => push_text(json, Secret::new(text.into_string()).expose()),
        Json::List(items) => {
            json.push('[');
            for (at, item) in items.into_iter().enumerate() {
                json.extend((at > 0).then_some(','));
                push(json, item);
            }
            json.push(']');
        }
        Json::Object(members) => {
            json.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                json.extend((at > 0).then_some(','));
                push_text(json, &name);
                json.push(':');
                push(json, value);
            }
            json.push('}');
        }
        // Writing to a string cannot fail.
        Json::Null | Json::Boolean(_) | Json::Number(_) => {
            let _ = write!(json, "{value}");
        }
    }
}

/// Appends a text as a JSON string.
fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if u32::from(c) < 0x20 => {
                // Writing to a string cannot fail.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Secret, serde_json::Error> {
        SecretOrObject.deserialize(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn a_string_is_the_secret_and_an_object_becomes_its_json() {
        assert_eq!(read(r#""a\u0062c""#).expect("text").expose(), "abc");
        for json in [
            r#"{}"#,
            r#"{"a":"b","c\"":"\\d\u0001"}"#,
            r#"{"a":{"b":[],"c":["d",null,true]},"e":12345678901234567890.50,"f":{}}"#,
        ] {
            assert_eq!(read(json).expect("an object").expose(), json);
        }
    }

    #[test]
    fn another_value_is_refused_and_not_in_the_error() {
        for json in [
            "12345678",
            "[\"canary\"]",
            r#"{"a":["canary\ud800"]}"#,
            &alloc::format!(
                r#"{{"canary":{}12345678{}}}"#,
                "[".repeat(33),
                "]".repeat(33)
            ),
        ] {
            let error = alloc::string::ToString::to_string(&read(json).expect_err(json));
            assert!(
                !error.contains("canary") && !error.contains("1234"),
                "{error}"
            );
        }
    }
}
