//! Seeds for single values: strings, booleans, integers, and types that implement `Deserialize`.

use alloc::string::{String, ToString};
use core::{fmt, marker::PhantomData, str::FromStr};

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, Expected, MapAccess, Visitor,
};

use super::object::Key;
use super::refusal::{invalid_kind, invalid_value, refuse, seed};

/// Returns a seed for any type that implements `Deserialize`: ids, enums, secrets, timestamps, models.
#[inline]
pub(crate) const fn of<'de, T: Deserialize<'de>>() -> PhantomData<T> {
    PhantomData
}

/// A string of any length, kept in `T` with one allocation at most.
pub(crate) struct StringSeed<T = String>(PhantomData<T>);

/// A `String`.
pub(crate) const STRING: StringSeed = StringSeed(PhantomData);

impl<T> StringSeed<T> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for StringSeed<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StringSeed<T> {}

seed!([T: for<'a> From<&'a str> + From<String>] StringSeed<T> => T);

impl<'de, T: for<'a> From<&'a str> + From<String>> Visitor<'de> for StringSeed<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from(text))
    }
    #[inline]
    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        Ok(T::from(text))
    }
    refuse!(boolean integer fraction bytes null array object);
}

/// A boolean; a string such as `"true"` is refused.
#[derive(Clone, Copy)]
pub(crate) struct BooleanSeed;

/// A `bool`.
pub(crate) const BOOLEAN: BooleanSeed = BooleanSeed;

seed!([] BooleanSeed => bool);

impl<'de> Visitor<'de> for BooleanSeed {
    type Value = bool;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean")
    }
    #[inline]
    fn visit_bool<E: Error>(self, flag: bool) -> Result<bool, E> {
        Ok(flag)
    }
    refuse!(integer fraction text bytes null array object);
}

/// An integer within limits, both included.
#[derive(Clone, Copy)]
pub(crate) struct IntegerSeed<T> {
    least: T,
    most: T,
}

impl<T> IntegerSeed<T> {
    /// Creates a seed for integers from `least` to `most`.
    pub(crate) const fn between(least: T, most: T) -> Self {
        Self { least, most }
    }

    /// Returns whether a value is within the limits.
    #[inline]
    pub(crate) fn contains(&self, value: T) -> bool
    where
        T: PartialOrd,
    {
        self.least <= value && value <= self.most
    }
}

/// `format: int32`.
pub(crate) const INT32: IntegerSeed<i32> = IntegerSeed::between(i32::MIN, i32::MAX);
/// `format: int32` with `minimum: 0`.
pub(crate) const COUNT32: IntegerSeed<u32> = IntegerSeed::between(0, i32::MAX.unsigned_abs());
/// `format: int64` with `minimum: 0`.
pub(crate) const COUNT64: IntegerSeed<u64> = IntegerSeed::between(0, i64::MAX.unsigned_abs());
/// `format: uint64`.
pub(crate) const UINT64: IntegerSeed<u64> = IntegerSeed::between(0, u64::MAX);

/// An integer type of a field.
pub(crate) trait Integer:
    Copy + PartialOrd + fmt::Display + FromStr + TryFrom<i64> + TryFrom<u64>
{
}
impl Integer for i32 {}
impl Integer for i64 {}
impl Integer for u32 {}
impl Integer for u64 {}

/// The only key of the object that represents a number when a program enables `serde_json`'s `arbitrary_precision`.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

impl<T: Integer> IntegerSeed<T> {
    #[inline]
    fn check<E: Error>(self, value: Option<T>) -> Result<T, E> {
        match value {
            Some(value) if self.contains(value) => Ok(value),
            _ => Err(invalid_value("an integer out of range", &self)),
        }
    }

    /// Accepts an integer as JSON writes it: without a plus sign or leading zeros.
    fn check_text<E: Error>(self, digits: &str) -> Result<T, E> {
        let value = digits.parse().ok();
        self.check(value.filter(|value: &T| value.to_string() == digits))
    }
}

/// Returns the digits of a number that is represented by an object.
pub(crate) fn number<'de, A: MapAccess<'de>>(
    mut map: A,
    expected: &dyn Expected,
) -> Result<String, A::Error> {
    if map.next_key_seed(Key(|key: &str| key == NUMBER))? != Some(true) {
        return Err(invalid_kind("an object", expected));
    }
    map.next_value_seed(STRING)
}

seed!([T: Integer] IntegerSeed<T> => T);

impl<'de, T: Integer> Visitor<'de> for IntegerSeed<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an integer from {} to {}", self.least, self.most)
    }
    #[inline]
    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.check(T::try_from(value).ok())
    }
    #[inline]
    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.check(T::try_from(value).ok())
    }
    fn visit_u128<E: Error>(self, value: u128) -> Result<T, E> {
        self.check(
            u64::try_from(value)
                .ok()
                .and_then(|value| T::try_from(value).ok()),
        )
    }
    fn visit_i128<E: Error>(self, value: i128) -> Result<T, E> {
        self.check(
            i64::try_from(value)
                .ok()
                .and_then(|value| T::try_from(value).ok()),
        )
    }
    #[cold]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        self.check_text(&number(map, &self)?)
    }
    refuse!(boolean fraction text bytes null array);
}

/// A count in a response. Some servers send -1 for an unknown count, so a negative count is `None`.
#[derive(Clone, Copy)]
pub(crate) struct Count<T>(pub(crate) IntegerSeed<T>);

seed!([T: Integer] Count<T> => Option<T>);

impl<'de, T: Integer> Visitor<'de> for Count<T> {
    type Value = Option<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
    #[inline]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.0.visit_u64(value).map(Some)
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        if value < 0 {
            return Ok(None);
        }
        self.0.visit_i64(value).map(Some)
    }
    fn visit_u128<E: Error>(self, value: u128) -> Result<Self::Value, E> {
        self.0.visit_u128(value).map(Some)
    }
    fn visit_i128<E: Error>(self, value: i128) -> Result<Self::Value, E> {
        if value < 0 {
            return Ok(None);
        }
        self.0.visit_i128(value).map(Some)
    }
    #[cold]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let digits = number(map, &self)?;
        let is_negative = digits.parse::<i64>().is_ok_and(|value| value < 0);
        if is_negative {
            return Ok(None);
        }
        self.0.check_text(&digits).map(Some)
    }
    refuse!(boolean fraction text bytes null array);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_keep_their_limits() {
        fn read<T: Integer>(kind: IntegerSeed<T>, text: &str) -> Option<String> {
            let mut json = serde_json::Deserializer::from_str(text);
            kind.deserialize(&mut json)
                .ok()
                .map(|value| value.to_string())
        }
        type Case = (
            fn(&str) -> Option<String>,
            [&'static str; 2],
            [&'static str; 2],
        );
        let cases: [Case; 5] = [
            (
                |text| read(INT32, text),
                ["-2147483648", "2147483647"],
                ["-2147483649", "2147483648"],
            ),
            (
                |text| read(IntegerSeed::between(i64::MIN, i64::MAX), text),
                ["-9223372036854775808", "9223372036854775807"],
                ["-9223372036854775809", "9223372036854775808"],
            ),
            (
                |text| read(COUNT32, text),
                ["0", "2147483647"],
                ["-1", "2147483648"],
            ),
            (
                |text| read(COUNT64, text),
                ["0", "9223372036854775807"],
                ["-1", "9223372036854775808"],
            ),
            (
                |text| read(UINT64, text),
                ["0", "18446744073709551615"],
                ["-1", "18446744073709551616"],
            ),
        ];
        for (read, taken, invalid_kind) in cases {
            for text in taken {
                assert_eq!(read(text).as_deref(), Some(text));
            }
            for text in invalid_kind
                .into_iter()
                .chain(["1.0", "1e3", "1e400", "\"3\"", "-0", "null"])
            {
                assert_eq!(read(text), None, "{text}");
            }
        }
    }

    #[test]
    fn a_number_of_arbitrary_precision_is_an_integer_too() {
        use serde_core::de::value::{Error, MapDeserializer};
        let read = |key, digits| {
            COUNT64.deserialize(MapDeserializer::<_, Error>::new(
                [(key, digits)].into_iter(),
            ))
        };
        assert_eq!(
            read(NUMBER, "9223372036854775807"),
            Ok(i64::MAX.unsigned_abs())
        );
        assert!(read(NUMBER, "9223372036854775808").is_err());
        for digits in ["1e3", "+3", "03", "-0", " 3", ""] {
            assert!(read(NUMBER, digits).is_err(), "{digits}");
        }
        assert!(read("other", "1").is_err());
    }

    // U58
    #[test]
    fn a_negative_count_is_none_in_every_form_of_an_integer() {
        use serde_core::de::IntoDeserializer;
        use serde_core::de::value::{Error, MapDeserializer};
        for text in ["-1", "-7", "-9223372036854775808"] {
            let mut json = serde_json::Deserializer::from_str(text);
            assert_eq!(Count(COUNT32).deserialize(&mut json).ok(), Some(None));
            let disguised = MapDeserializer::<_, Error>::new([(NUMBER, text)].into_iter());
            assert_eq!(Count(COUNT64).deserialize(disguised), Ok(None));
        }
        let wide = IntoDeserializer::<Error>::into_deserializer(-1_i128);
        assert_eq!(Count(UINT64).deserialize(wide), Ok(None));
        for text in ["-1.0", "-0", "-1e3", "\"-1\"", "null", "2147483648"] {
            let mut json = serde_json::Deserializer::from_str(text);
            assert!(Count(COUNT32).deserialize(&mut json).is_err(), "{text}");
        }
        let mut json = serde_json::Deserializer::from_str("7");
        assert_eq!(Count(UINT64).deserialize(&mut json).ok(), Some(Some(7)));
    }

    #[test]
    fn bytes_are_not_text() {
        use serde_core::de::value::{BytesDeserializer, Error};
        let error = STRING
            .deserialize(BytesDeserializer::<Error>::new(b"hunter2"))
            .expect_err("bytes");
        assert_eq!(error.to_string(), "invalid type: bytes, expected a string");
    }
}
