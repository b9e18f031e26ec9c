//! How the models are read: the pieces that the generated code shares.
//!
//! Every piece asks the format what stands there (`deserialize_any`) and refuses what it cannot take by naming its kind. Asking for a
//! certain type instead would leave the refusal to the format, and formats print the value that they did not like.
//!
//! A seed (`TEXT`, `FLAG`, `List(..)`, `Nullable(..)`) reads one value; a [`Slot`] holds the value of one field until the object ends;
//! [`Object`] is what a model implements.

use core::{fmt, marker::PhantomData};

use serde_core::de::{
    DeserializeSeed, Deserializer, Error, Expected, IgnoredAny, MapAccess, Unexpected, Visitor,
};

mod groups;
mod values;

#[allow(
    unused_imports,
    reason = "the generator chooses what a description needs"
)]
pub(crate) use self::{
    groups::{List, ListOrNull, Map, Nullable, Patched},
    values::{COUNT32, COUNT64, Count, FLAG, INT32, Integer, NUMBER, TEXT, Text, UINT64, of},
};
pub(crate) use crate::unknown_members::Collector;
use crate::{Lenient, Unreadable, lenient::LenientSeed};

/// The error for a value of the wrong kind; `kind` is said in the words of JSON.
pub(crate) fn refused<E: Error>(kind: &'static str, expected: &dyn Expected) -> E {
    E::invalid_type(Unexpected::Other(kind), expected)
}

/// The error for a value of the right kind that cannot be taken; `problem` says why. Its form is one of serde's own, whose texts readers
/// pass on: that of a custom message may be data.
pub(crate) fn unfit<E: Error>(problem: &'static str, expected: &dyn Expected) -> E {
    E::invalid_value(Unexpected::Other(problem), expected)
}

/// Writes the methods of a `Visitor` that refuse the kinds listed.
macro_rules! refuse {
    ($($kind:ident)*) => { $($crate::de::refuse!(@ $kind);)* };
    (@ boolean) => { $crate::de::refuse!(@ visit_bool(bool) "a boolean"); };
    (@ integer) => {
        $crate::de::refuse!(@ visit_i64(i64) "an integer");
        $crate::de::refuse!(@ visit_i128(i128) "an integer");
        $crate::de::refuse!(@ visit_u64(u64) "an integer");
        $crate::de::refuse!(@ visit_u128(u128) "an integer");
    };
    (@ fraction) => { $crate::de::refuse!(@ visit_f64(f64) "a number that is no plain integer"); };
    (@ text) => { $crate::de::refuse!(@ visit_str(&str) "a string"); };
    (@ bytes) => { $crate::de::refuse!(@ visit_bytes(&[u8]) "bytes"); };
    (@ null) => {
        fn visit_unit<E: serde_core::de::Error>(self) -> Result<Self::Value, E> {
            Err($crate::de::refused("null", &self))
        }
        fn visit_none<E: serde_core::de::Error>(self) -> Result<Self::Value, E> {
            Err($crate::de::refused("null", &self))
        }
    };
    (@ array) => {
        fn visit_seq<A: serde_core::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err($crate::de::refused("an array", &self))
        }
    };
    (@ object) => {
        fn visit_map<A: serde_core::de::MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err($crate::de::refused("an object", &self))
        }
    };
    (@ $method:ident($found:ty) $kind:literal) => {
        fn $method<E: serde_core::de::Error>(self, _: $found) -> Result<Self::Value, E> {
            Err($crate::de::refused($kind, &self))
        }
    };
}
pub(crate) use refuse;

/// Makes a `Visitor` its own seed.
macro_rules! seed {
    ([$($generics:tt)*] $name:ty => $value:ty) => {
        impl<'de, $($generics)*> DeserializeSeed<'de> for $name {
            type Value = $value;
            #[inline]
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                deserializer.deserialize_any(self)
            }
        }
    };
}
use seed;

/// What a model implements to be read from a JSON object and from nothing else.
pub(crate) trait Object<'de>: Sized {
    /// The schema's name, for error texts.
    const NAME: &'static str;
    /// Reads all fields, in any order.
    fn read<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;
}

/// Reads a model: the body of its `Deserialize`.
#[inline]
pub(crate) fn object<'de, T: Object<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", T::NAME)
    }
    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(map)
    }
    refuse!(boolean integer fraction text bytes null array);
}

/// A seed for a field's name: hands the name to the function, which says what it stands for.
pub(crate) struct Key<F>(pub(crate) F);

impl<'de, K, F: FnOnce(&str) -> K> DeserializeSeed<'de> for Key<F> {
    type Value = K;
    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, K, F: FnOnce(&str) -> K> Visitor<'de> for Key<F> {
    type Value = K;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }
    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<K, E> {
        Ok((self.0)(name))
    }
    refuse!(boolean integer fraction bytes null array object);
}

/// Passes over the value of an unknown field, however deep.
#[inline]
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// The value of one known field, until all of the object has been read.
pub(crate) struct Slot<T> {
    name: &'static str,
    value: Option<T>,
}

impl<T> Slot<T> {
    #[inline]
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, value: None }
    }

    /// Reads the field's value; a second value for the same field is an error.
    #[inline]
    pub(crate) fn fill<'de, A, S>(&mut self, map: &mut A, seed: S) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
        S: DeserializeSeed<'de, Value = T>,
    {
        if self.value.is_some() {
            return map.next_value_seed(Twice(Some(self.name)));
        }
        self.value = Some(map.next_value_seed(seed)?);
        Ok(())
    }

    /// The value, or the error that the field is missing.
    #[inline]
    pub(crate) fn required<E: Error>(self) -> Result<T, E> {
        match self.value {
            Some(value) => Ok(value),
            None => Err(E::missing_field(self.name)),
        }
    }

    /// The value, or `default` when the field is absent.
    #[inline]
    pub(crate) fn or(self, default: T) -> T {
        self.value.unwrap_or(default)
    }

    /// The value, or what absence means for its type: none, empty, keep.
    #[inline]
    pub(crate) fn or_default(self) -> T
    where
        T: Default,
    {
        self.value.unwrap_or_default()
    }
}

impl<T> Slot<Lenient<T>> {
    /// Reads a field that spoils nothing: with a second value it is one that cannot be read.
    #[inline]
    pub(crate) fn fill_lenient<'de, A, S>(&mut self, map: &mut A, seed: S) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
        S: DeserializeSeed<'de, Value = T>,
    {
        self.value = Some(if self.value.is_some() {
            skip(map)?;
            Lenient::Unreadable(Unreadable::repeated())
        } else {
            map.next_value_seed(LenientSeed(seed))?
        });
        Ok(())
    }
}

impl<T> Slot<Option<T>> {
    /// Whether the field was there and null.
    #[inline]
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Some(None))
    }
}

impl<T> Slot<Option<Option<T>>> {
    /// The count; none when it is absent, null or negative.
    #[inline]
    pub(crate) fn count(self) -> Option<T> {
        self.value.flatten().flatten()
    }
}

/// Fails in the place of a value whose key was there before, so that the error's path ends with that key.
struct Twice(Option<&'static str>);

impl<'de> DeserializeSeed<'de> for Twice {
    type Value = ();
    #[cold]
    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(match self.0 {
            Some(name) => D::Error::duplicate_field(name),
            None => unfit("a key that was there before", &"each key once"),
        })
    }
}
