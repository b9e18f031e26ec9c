//! JSON whose members keep their order.
//!
//! The values of serde_json would need its feature `preserve_order`, which a build of the whole workspace would also enable for
//! the published crates.

use std::fmt;

use serde_core::{Serialize, Serializer};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    /// Wide enough for every integer of 64 bits.
    Integer(i128),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Creates an object with these members.
    pub(crate) fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    /// Returns the JSON text on one line.
    pub(crate) fn compact(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i128(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

/// Formats the value indented by two spaces, with one value on each line.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_written_as_json() {
        let value = Json::object([
            ("text", Json::from("a \"b\" \\ \n \u{1} é")),
            ("list", Json::List(vec![Json::Integer(u64::MAX.into())])),
            ("empty", Json::List(Vec::new())),
            ("flag", Json::Boolean(true)),
            ("none", Json::Null),
        ]);
        let text = value.to_string();
        assert_eq!(
            text,
            r#"{
  "text": "a \"b\" \\ \n \u0001 é",
  "list": [
    18446744073709551615
  ],
  "empty": [],
  "flag": true,
  "none": null
}"#
        );
        assert_eq!(
            Json::List(vec![Json::Null, Json::from("a")]).compact(),
            r#"[null,"a"]"#
        );
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["text"], "a \"b\" \\ \n \u{1} é");
        assert_eq!(read["list"][0], u64::MAX);
    }
}
