//! Deserializes a model from a JSON value that has been read.

use alloc::boxed::Box;
use core::{fmt, slice};

use serde_core::{
    de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};

use super::number::Number;
use super::value::Json;

/// The value does not fit; no caller needs the reason.
#[derive(Debug)]
pub(crate) struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value does not fit")
    }
}

impl core::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for &Json {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Boolean(value) => visitor.visit_bool(*value),
            Json::Number(Number::Unsigned(value)) => visitor.visit_u64(*value),
            Json::Number(Number::Signed(value)) => visitor.visit_i64(*value),
            Json::Number(Number::Float(value)) => visitor.visit_f64(*value),
            Json::Number(Number::Text(_) | Number::Inexact(_)) => Err(Mismatch),
            Json::Text(text) => visitor.visit_str(text),
            Json::List(items) => visitor.visit_seq(Items(items.iter())),
            Json::Object(members) => visitor.visit_map(Members {
                left: members.iter(),
                value: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Json::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// The remaining items of a list.
struct Items<'a>(slice::Iter<'a, Json>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Mismatch;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mismatch> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

/// The remaining members of an object.
struct Members<'a> {
    left: slice::Iter<'a, (Box<str>, Json)>,
    /// The value of the name that was just read.
    value: Option<&'a Json>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Mismatch;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mismatch> {
        let Some((name, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize((&**name).into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(self.value.take().ok_or(Mismatch)?)
    }
}
