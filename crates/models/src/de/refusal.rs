//! Errors for values that a seed refuses, and the macros that write them.

use serde_core::de::{Error, Expected, Unexpected};

/// Returns the error for a value of the wrong kind; `kind` is a term of JSON.
pub(crate) fn invalid_kind<E: Error>(kind: &'static str, expected: &dyn Expected) -> E {
    E::invalid_type(Unexpected::Other(kind), expected)
}

/// Returns the error for an invalid value of the right kind; `problem` says why.
///
/// It is one of serde's own errors, because a caller may hide custom messages, which might contain data.
pub(crate) fn invalid_value<E: Error>(problem: &'static str, expected: &dyn Expected) -> E {
    E::invalid_value(Unexpected::Other(problem), expected)
}

/// Implements the methods of a `Visitor` that refuse the listed kinds.
macro_rules! refuse {
    ($($kind:ident)*) => { $($crate::de::refusal::refuse!(@ $kind);)* };
    (@ boolean) => { $crate::de::refusal::refuse!(@ visit_bool(bool) "a boolean"); };
    (@ integer) => {
        $crate::de::refusal::refuse!(@ visit_i64(i64) "an integer");
        $crate::de::refusal::refuse!(@ visit_i128(i128) "an integer");
        $crate::de::refusal::refuse!(@ visit_u64(u64) "an integer");
        $crate::de::refusal::refuse!(@ visit_u128(u128) "an integer");
    };
    (@ fraction) => { $crate::de::refusal::refuse!(@ visit_f64(f64) "a number that is not a plain integer"); };
    (@ text) => { $crate::de::refusal::refuse!(@ visit_str(&str) "a string"); };
    (@ bytes) => { $crate::de::refusal::refuse!(@ visit_bytes(&[u8]) "bytes"); };
    (@ null) => {
        fn visit_unit<E: serde_core::de::Error>(self) -> Result<Self::Value, E> {
            Err($crate::de::refusal::invalid_kind("null", &self))
        }
        fn visit_none<E: serde_core::de::Error>(self) -> Result<Self::Value, E> {
            Err($crate::de::refusal::invalid_kind("null", &self))
        }
    };
    (@ array) => {
        fn visit_seq<A: serde_core::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err($crate::de::refusal::invalid_kind("an array", &self))
        }
    };
    (@ object) => {
        fn visit_map<A: serde_core::de::MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err($crate::de::refusal::invalid_kind("an object", &self))
        }
    };
    (@ $method:ident($found:ty) $kind:literal) => {
        fn $method<E: serde_core::de::Error>(self, _: $found) -> Result<Self::Value, E> {
            Err($crate::de::refusal::invalid_kind($kind, &self))
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
pub(crate) use seed;
