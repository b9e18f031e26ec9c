//! Looks for members of an object without decoding the rest.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Returns whether a JSON object, or one in an array of objects, has a member with one of these names and a value other
/// than `null`.
///
/// Names are compared unescaped. One of several members with the same name is enough. Values are not decoded: unpaired
/// surrogates or huge numbers hide no member.
///
/// ```
/// use gatelet_transport::has_member;
///
/// assert!(has_member(r#"{"totalCount":0,"\u0065rror":"no scope","error":null}"#, &["error"]));
/// assert!(!has_member(r#"{"items":[{"name":"error"}],"error":null}"#, &["error"]));
/// ```
#[must_use]
pub fn has_member(body: &str, names: &[&str]) -> bool {
    has(body, names, |value| value != "null")
}

/// Returns whether a JSON object, or one in an array of objects, has a string member with one of these names; otherwise
/// like [`has_member`].
///
/// ```
/// use gatelet_transport::has_string_member;
///
/// assert!(has_string_member(r#"{"id":"a","size":1e999}"#, &["id"]));
/// assert!(!has_string_member(r#"{"id":7}"#, &["id"]));
/// ```
#[must_use]
pub fn has_string_member(body: &str, names: &[&str]) -> bool {
    has(body, names, |value| value.starts_with('"'))
}

fn has(body: &str, names: &[&str], is_wanted: fn(&str) -> bool) -> bool {
    // Avoids a second pass over most bodies. No other escape encodes an ASCII letter.
    let may_have = |name: &&str| body.contains(&format!("\"{name}\""));
    if !body.contains("\\u00") && !names.iter().any(may_have) {
        return false;
    }
    let mut body = serde_json::Deserializer::from_str(body);
    // Other JSON values have no members.
    Members { names, is_wanted }
        .deserialize(&mut body)
        .unwrap_or(false)
}

/// Looks for matching members, in an object or in each object of an array.
#[derive(Clone, Copy)]
struct Members<'a> {
    names: &'a [&'a str],
    /// Called with the JSON of the value.
    is_wanted: fn(&str) -> bool,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut has_member = false;
        while let Some(is_named) = map.next_key_seed(OneOf(self.names))? {
            let value: &RawValue = map.next_value()?;
            has_member |= is_named && (self.is_wanted)(value.get());
        }
        Ok(has_member)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let mut has_member = false;
        while let Some(has) = seq.next_element_seed(self)? {
            has_member |= has;
        }
        Ok(has_member)
    }
}

/// Matches one of the names, as bytes, because a name may contain an unpaired surrogate.
struct OneOf<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for OneOf<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for OneOf<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_bytes<E>(self, text: &[u8]) -> Result<bool, E> {
        Ok(self.0.iter().any(|name| name.as_bytes() == text))
    }
}

#[cfg(test)]
mod tests {
    use super::{has_member, has_string_member};

    #[test]
    fn a_member_is_found_in_any_spelling_and_with_any_value() {
        for body in [
            r#"{"error":"no"}"#,
            r#"{"a":1,"error":{}}"#,
            r#"{"\u0065rror":false}"#,
            r#"{"err\u006F\u0072":0}"#,
            r#"{"error":null,"error":[]}"#,
            r#"{"error":[],"error":null}"#,
            r#"{"error":{"message":"\ud800"}}"#,
            r#"{"error":1e999}"#,
            r#"{"\ud800":1,"error":1}"#,
            r#"[{"a":1},{"error":"no"}]"#,
            &format!(r#"{{"error":{}{}}}"#, "[".repeat(500), "]".repeat(500)),
        ] {
            assert!(has_member(body, &["message", "error"]), "{body}");
        }
        for body in [
            "",
            "{}",
            "[]",
            "7",
            r#""error""#,
            r#"{"error":null}"#,
            r#"{"a":{"error":"no"}}"#,
            r#"{"a":"\"error\":7"}"#,
            r#"{"Error":"no"}"#,
            r#"{"error":"never ends}"#,
            r#"error: "error""#,
        ] {
            assert!(!has_member(body, &["message", "error"]), "{body}");
        }
    }

    #[test]
    fn only_a_string_member_is_found() {
        for body in [
            r#"{"token":""}"#,
            r#"{"size":1e999,"token":"\ud800"}"#,
            r#"{"\ud800":1,"token" : "a"}"#,
            r#"{"token":7,"\u0074oken":"a"}"#,
        ] {
            assert!(
                has_string_member(body, &["token", "bearer_token"]),
                "{body}"
            );
        }
        for body in [
            r#"{"token":null}"#,
            r#"{"token":7}"#,
            r#"{"token":["a"]}"#,
            r#"{"a":{"token":"a"}}"#,
        ] {
            assert!(!has_string_member(body, &["token"]), "{body}");
        }
    }
}
