//! Seeds around other seeds: lists, maps and nullable values.

use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    string::String,
    vec::Vec,
};
use core::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::refusal::{refuse, seed};
use super::scalars::STRING;
use super::slot::DuplicateKey;

/// An array; `null` is refused.
#[derive(Clone, Copy)]
pub(crate) struct List<S>(pub(crate) S);

seed!([S: DeserializeSeed<'de> + Copy] List<S> => Vec<S::Value>);

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for List<S> {
    type Value = Vec<S::Value>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }
    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element_seed(self.0)? {
            list.push(item);
        }
        Ok(list)
    }
    refuse!(boolean integer fraction text bytes null object);
}

/// An array; `null` means empty, as Go servers write it.
#[derive(Clone, Copy)]
pub(crate) struct ListOrNull<S>(pub(crate) S);

impl<'de, S: DeserializeSeed<'de> + Copy> DeserializeSeed<'de> for ListOrNull<S> {
    type Value = Vec<S::Value>;
    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Ok(Nullable(List(self.0))
            .deserialize(deserializer)?
            .unwrap_or_default())
    }
}

/// An object with arbitrary keys; a duplicate key is an error.
#[derive(Clone, Copy)]
pub(crate) struct Map<S>(pub(crate) S);

seed!([S: DeserializeSeed<'de> + Copy] Map<S> => BTreeMap<String, S::Value>);

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for Map<S> {
    type Value = BTreeMap<String, S::Value>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some(key) = access.next_key_seed(STRING)? {
            match map.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(access.next_value_seed(self.0)?);
                }
                Entry::Occupied(_) => access.next_value_seed(DuplicateKey(None))?,
            }
        }
        Ok(map)
    }
    refuse!(boolean integer fraction text bytes null array);
}

/// A value or `null`.
#[derive(Clone, Copy)]
pub(crate) struct Nullable<S>(pub(crate) S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Nullable<S> {
    type Value = Option<S::Value>;
    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Nullable<S> {
    type Value = Option<S::Value>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }
    #[inline]
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    #[inline]
    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
    refuse!(boolean integer fraction text bytes array object);
}
