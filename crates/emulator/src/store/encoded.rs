//! JSON that knows its type: objects are stored as clients receive them, and sent without decoding.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::json;

/// The JSON of a `T`, encoded from a `T` or read from a table that contains only those.
#[derive(Debug)]
pub(crate) struct Encoded<T> {
    json: Vec<u8>,
    model: PhantomData<fn() -> T>,
}

/// A page of a list.
pub(crate) trait List {
    /// The type of the items.
    type Item;
    /// The name of the member with the items.
    const MEMBER: &'static str;
}

impl<T> Encoded<T> {
    /// Wraps JSON that was encoded from a `T`.
    pub(super) fn stored(json: Vec<u8>) -> Self {
        Self {
            json,
            model: PhantomData,
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.json
    }

    /// Returns the texts of these members, for sorting and filtering without decoding the `T`.
    pub(crate) fn texts<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Option<Cow<'_, str>>; N], Error> {
        json::stored_texts(&self.json, names)
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.json
    }
}

impl<T: Serialize> Encoded<T> {
    pub(crate) fn new(model: &T) -> Result<Self, Error> {
        json::encode(model).map(Self::stored)
    }

    /// Like [`new`](Self::new), with `null` for those of these fields that are absent.
    pub(crate) fn with_nulls(model: &T, nulls: &[&str]) -> Result<Self, Error> {
        let nulls = nulls.iter().map(|name| ((*name).to_owned(), Value::Null));
        Self::with_members(model, nulls.collect())
    }

    /// Like [`new`](Self::new), with more members than `T` has. Its own members are kept.
    pub(crate) fn with_members(model: &T, members: Map<String, Value>) -> Result<Self, Error> {
        let mut value = json::to_value(model)?;
        if let Value::Object(fields) = &mut value {
            for (name, value) in members {
                fields.entry(name).or_insert(value);
            }
        }
        json::encode(&value).map(Self::stored)
    }
}

impl<T: DeserializeOwned> Encoded<T> {
    pub(crate) fn decode(&self) -> Result<T, Error> {
        json::decode_stored(&self.json)
    }
}

impl<L: List> Encoded<L> {
    /// Encodes a page with these items, after its other members.
    pub(crate) fn list<'i>(
        others: &[(&str, Value)],
        items: impl Iterator<Item = &'i Encoded<L::Item>> + Clone,
    ) -> Result<Self, Error>
    where
        L::Item: 'i,
    {
        let size = items.clone().map(|item| item.json.len() + 1).sum::<usize>();
        let mut page = Vec::with_capacity(size + 128);
        page.push(b'{');
        for (name, value) in others {
            page.extend(json::encode(name)?);
            page.push(b':');
            page.extend(json::encode(value)?);
            page.push(b',');
        }
        page.extend(json::encode(&L::MEMBER)?);
        page.extend(b":[");
        for (n, item) in items.enumerate() {
            if n > 0 {
                page.push(b',');
            }
            page.extend_from_slice(item.as_bytes());
        }
        page.extend(b"]}");
        Ok(Self::stored(page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_the_model_win_over_members_beside_it() {
        let model = Map::from_iter([("a".to_owned(), 1.into())]);
        let beside = Map::from_iter([("a".to_owned(), 2.into()), ("b".to_owned(), 3.into())]);
        let encoded = Encoded::with_members(&model, beside).unwrap();
        assert_eq!(encoded.into_bytes(), br#"{"a":1,"b":3}"#);
        let encoded = Encoded::with_nulls(&model, &["a", "b"]).unwrap();
        assert_eq!(encoded.into_bytes(), br#"{"a":1,"b":null}"#);
    }
}
