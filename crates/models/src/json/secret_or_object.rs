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

/// The most bytes of a text in the object, and its depth.
const BYTES: usize = 1 << 16;
const DEPTH: usize = 1;

/// A seed that reads a secret from a string, or from an object of strings, whose JSON it becomes.
#[derive(Clone, Copy)]
pub(crate) struct SecretOrObject;

seed!([] SecretOrObject => Secret);

impl<'de> Visitor<'de> for SecretOrObject {
    type Value = Secret;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an object of strings")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }
    fn visit_string<E: Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
        let mut json = Zeroizing::new(String::from("{"));
        while let Some(name) = map.next_key_seed(STRING)? {
            if json.len() > 1 {
                json.push(',');
            }
            push_text(&mut json, &name);
            json.push(':');
            // No error is made inside the object, because its place would name a member.
            let mut limits = Limits::new(DEPTH, BYTES);
            let Json::Text(value) = map.next_value_seed(ValueSeed(&mut limits))? else {
                return Err(invalid_kind("an object", &self));
            };
            if limits.is_exceeded() || limits.is_malformed() {
                return Err(invalid_kind("an object", &self));
            }
            push_text(&mut json, Secret::new(value.into_string()).expose());
        }
        json.push('}');
        Ok(Secret::new(json.as_str()))
    }
    refuse!(boolean integer fraction bytes null array);
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
        for json in [r#"{}"#, r#"{"a":"b","c\"":"\\d\u0001"}"#] {
            assert_eq!(read(json).expect("an object").expose(), json);
        }
    }

    #[test]
    fn another_value_is_refused_and_not_in_the_error() {
        for json in [
            "12345678",
            "[\"canary\"]",
            r#"{"a":12345678}"#,
            r#"{"a":{"b":"canary"}}"#,
        ] {
            let error = alloc::string::ToString::to_string(&read(json).expect_err(json));
            assert!(
                !error.contains("canary") && !error.contains("1234"),
                "{error}"
            );
        }
    }
}
