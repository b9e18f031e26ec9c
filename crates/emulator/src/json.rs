//! Decodes and encodes JSON.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::error::Error;

/// Where decoding failed and why; never contains a value of the body.
#[derive(Debug, PartialEq)]
pub(crate) struct DecodeError {
    pub(crate) path: String,
    pub(crate) message: String,
}

/// Decodes a client's body.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let malformed = |path: String, error: &serde_json::Error| {
        let path = if path == "." { String::new() } else { path };
        DecodeError {
            path,
            message: error.to_string(),
        }
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| malformed(error.path().to_string(), error.inner()))?;
    json.end()
        .map_err(|error| malformed(String::new(), &error))?;
    Ok(value)
}

/// Decodes an object from the store.
pub(crate) fn decode_stored<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(storage_error)
}

/// Returns the texts of these members of an object from the store, and skips the others. A member that is absent or null has
/// none.
pub(crate) fn stored_texts<'j, const N: usize>(
    json: &'j [u8],
    names: [&str; N],
) -> Result<[Option<Cow<'j, str>>; N], Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer
        .deserialize_map(Texts(names))
        .map_err(storage_error)
}

/// Reads the texts of the members with these names.
struct Texts<'n, const N: usize>([&'n str; N]);

impl<'j, const N: usize> Visitor<'j> for Texts<'_, N> {
    type Value = [Option<Cow<'j, str>>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut texts = [const { None }; N];
        while let Some(name) = map.next_key_seed(Text)? {
            let at = self.0.iter().position(|it| name.as_deref() == Some(*it));
            match at.and_then(|at| texts.get_mut(at)) {
                Some(text) => *text = map.next_value_seed(Text)?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(texts)
    }
}

/// Reads a text, borrowed unless it has escapes, or null.
struct Text;

impl<'j> DeserializeSeed<'j> for Text {
    type Value = Option<Cow<'j, str>>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Text {
    type Value = Option<Cow<'j, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or null")
    }

    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Encodes a model for clients and for the store.
pub(crate) fn encode<T: Serialize>(model: &T) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(model).map_err(storage_error)
}

/// Converts a model to a JSON value.
pub(crate) fn to_value<T: Serialize>(model: &T) -> Result<Value, Error> {
    serde_json::to_value(model).map_err(storage_error)
}

fn storage_error(error: serde_json::Error) -> Error {
    Error::Storage(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_named_members_are_found_among_others() {
        let json = br#"{"a": {"id": "no"}, "id": "1", "n": null, "name": "q\"\u00e4", "z": [1, {"id": "2"}]}"#;
        let [name, id, null, absent] = stored_texts(json, ["name", "id", "n", "x"]).unwrap();
        assert_eq!(name.as_deref(), Some("q\"\u{e4}"));
        assert!(matches!(id, Some(Cow::Borrowed("1"))));
        assert_eq!((null, absent), (None, None));
        assert!(stored_texts(b"[]", ["id"]).is_err());
        assert!(stored_texts(br#"{"id": 1}"#, ["id"]).is_err());
    }
}
