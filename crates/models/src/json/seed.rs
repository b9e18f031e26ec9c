//! Reads any value from any format.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use serde_core::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::limits::Limits;
use super::number::Number;
use super::parser;
use super::value::Json;
use crate::de::object::Key;
use crate::de::scalars::{NUMBER, STRING};

/// The newtype name that asks `serde_json` for the text of a value (feature `raw_value`). Other formats, and `serde_json` without that
/// feature, ignore the name and give the value as usual. It is also the name of the struct that it writes as raw JSON.
pub(crate) const RAW: &str = "$serde_json::private::RawValue";

/// A seed that reads a value within the limits. A value beyond them, or with invalid Unicode, is skipped and recorded in the limits; the
/// result is then meaningless.
pub(crate) struct ValueSeed<'l>(pub(crate) &'l mut Limits);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_newtype_struct(
            RAW,
            ValueVisitor {
                limits: self.0,
                may_be_raw: true,
            },
        )
    }
}

struct ValueVisitor<'l> {
    limits: &'l mut Limits,
    /// Whether an object may represent the text of a value.
    may_be_raw: bool,
}

/// A value within a list or an object.
struct Inner<'l>(&'l mut Limits);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(ValueVisitor {
            limits: self.0,
            may_be_raw: false,
        })
    }
}

impl ValueVisitor<'_> {
    fn word<E>(self, length: usize, value: Json) -> Result<Json, E> {
        let is_kept = self.limits.take_word(length);
        Ok(if is_kept { value } else { Json::Null })
    }

    fn number<E>(self, number: Number) -> Result<Json, E> {
        // A number counts as 20 characters, the most that a 64-bit integer has.
        self.word(20, Json::Number(number))
    }

    /// Reads the members of an object whose first name has been read.
    fn members<'de, A: MapAccess<'de>>(self, mut map: A, first: String) -> Result<Json, A::Error> {
        if !self.limits.open() {
            map.next_value::<IgnoredAny>()?;
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Json::Null);
        }
        let mut members = Vec::new();
        let mut next = Some(first);
        while let Some(name) = next {
            if self.limits.take_text(&name) {
                members.push((
                    Box::from(name),
                    map.next_value_seed(Inner(&mut *self.limits))?,
                ));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            next = map.next_key_seed(STRING)?;
        }
        self.limits.close();
        Ok(Json::Object(members))
    }
}

impl<'de> Visitor<'de> for ValueVisitor<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Json, D::Error> {
        Inner(self.limits).deserialize(inner)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        self.word(5, Json::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        self.number(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        self.number(Number::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        self.number(Number::from_float(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        let is_kept = self.limits.take_text(text);
        Ok(if is_kept {
            Json::Text(text.into())
        } else {
            Json::Null
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        self.word(4, Json::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Json, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Json, D::Error> {
        Inner(self.limits).deserialize(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let is_open = self.limits.open();
        let mut items = Vec::new();
        while is_open && !self.limits.is_exceeded() {
            match seq.next_element_seed(Inner(&mut *self.limits))? {
                Some(item) => items.push(item),
                None => {
                    self.limits.close();
                    return Ok(Json::List(items));
                }
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let is_raw = |name: &str| match self.may_be_raw && name == RAW {
            true => None,
            false => Some(String::from(name)),
        };
        let Some(first) = map.next_key_seed(Key(is_raw))? else {
            let is_kept = self.limits.open();
            self.limits.close();
            return Ok(if is_kept {
                Json::Object(Vec::new())
            } else {
                Json::Null
            });
        };
        let Some(first) = first else {
            let limits = self.limits;
            let value = map.next_value_seed(Key(|text: &str| parser::parse(text, &mut *limits)))?;
            limits.is_malformed |= value.is_none();
            return Ok(value.unwrap_or(Json::Null));
        };
        // A number, if the program enables `serde_json`'s `arbitrary_precision`.
        if first == NUMBER {
            let number = map.next_value_seed(Key(Number::from_text))?;
            return self.number(number);
        }
        self.members(map, first)
    }
}
