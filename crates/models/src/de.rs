//! How the models are read: the pieces that the generated code shares.
//!
//! Every piece asks the format what stands there (`deserialize_any`) and refuses what it cannot take by naming its kind. Asking for a
//! certain type instead would leave the refusal to the format, and formats print the value that they did not like.
//!
//! A seed (`TEXT`, `FLAG`, `List(..)`, `Nullable(..)`) reads one value; a [`Slot`] holds the value of one field until the object ends;
//! [`Object`] is what a model implements.

use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    string::String,
    vec::Vec,
};
use core::{fmt, marker::PhantomData, str::FromStr};

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, Expected, IgnoredAny, MapAccess, SeqAccess,
    Unexpected, Visitor,
};

use crate::Patch;

/// The error for a value of the wrong kind; `kind` is said in the words of JSON.
pub(crate) fn refused<E: Error>(kind: &'static str, expected: &dyn Expected) -> E {
    E::invalid_type(Unexpected::Other(kind), expected)
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

/// Fails in the place of a value whose key was there before, so that the error's path ends with that key.
struct Twice(Option<&'static str>);

impl<'de> DeserializeSeed<'de> for Twice {
    type Value = ();
    #[cold]
    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(match self.0 {
            Some(name) => D::Error::duplicate_field(name),
            None => D::Error::custom("duplicate key"),
        })
    }
}

/// Any type that reads itself: ids, enums, secrets, timestamps, models.
#[inline]
pub(crate) const fn of<'de, T: Deserialize<'de>>() -> PhantomData<T> {
    PhantomData
}

/// A string of any length, kept in `T` with one allocation at most.
pub(crate) struct Text<T = String>(PhantomData<T>);

/// A `String`.
pub(crate) const TEXT: Text = Text(PhantomData);

impl<T> Text<T> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for Text<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Text<T> {}

seed!([T: for<'a> From<&'a str> + From<String>] Text<T> => T);

impl<'de, T: for<'a> From<&'a str> + From<String>> Visitor<'de> for Text<T> {
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

/// `true` or `false`, and no word for them.
#[derive(Clone, Copy)]
pub(crate) struct Flag;

/// A `bool`.
pub(crate) const FLAG: Flag = Flag;

seed!([] Flag => bool);

impl<'de> Visitor<'de> for Flag {
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
pub(crate) struct Integer<T> {
    least: T,
    most: T,
}

impl<T> Integer<T> {
    /// From `least` to `most`.
    pub(crate) const fn between(least: T, most: T) -> Self {
        Self { least, most }
    }
}

/// `format: int32`.
pub(crate) const INT32: Integer<i32> = Integer::between(i32::MIN, i32::MAX);
/// `format: int32` with `minimum: 0`.
pub(crate) const COUNT32: Integer<u32> = Integer::between(0, i32::MAX.unsigned_abs());
/// `format: int64` with `minimum: 0`.
pub(crate) const COUNT64: Integer<u64> = Integer::between(0, i64::MAX.unsigned_abs());
/// `format: uint64`.
pub(crate) const UINT64: Integer<u64> = Integer::between(0, u64::MAX);

/// The integer types that fields have.
pub(crate) trait Whole:
    Copy + PartialOrd + fmt::Display + FromStr + TryFrom<i64> + TryFrom<u64>
{
}
impl Whole for i32 {}
impl Whole for i64 {}
impl Whole for u32 {}
impl Whole for u64 {}

/// The only key of the object that stands for a number once a program switches `serde_json`'s `arbitrary_precision` on.
const NUMBER: &str = "$serde_json::private::Number";

impl<T: Whole> Integer<T> {
    #[inline]
    fn check<E: Error>(self, value: Option<T>) -> Result<T, E> {
        match value {
            Some(value) if self.least <= value && value <= self.most => Ok(value),
            _ => Err(E::invalid_value(
                Unexpected::Other("an integer out of range"),
                &self,
            )),
        }
    }
}

seed!([T: Whole] Integer<T> => T);

impl<'de, T: Whole> Visitor<'de> for Integer<T> {
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
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        if map.next_key_seed(Key(|key: &str| key == NUMBER))? != Some(true) {
            return Err(refused("an object", &self));
        }
        let digits = map.next_value_seed(TEXT)?;
        self.check(digits.parse().ok())
    }
    refuse!(boolean fraction text bytes null array);
}

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

/// An array; `null` means an empty one, as a Go server writes it.
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

/// An object whose keys are free; a key given twice is an error.
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
        while let Some(key) = access.next_key_seed(TEXT)? {
            match map.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(access.next_value_seed(self.0)?);
                }
                Entry::Occupied(_) => access.next_value_seed(Twice(None))?,
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

/// A value, or `null` to clear it. An absent field keeps what is there: [`Slot::or_default`].
#[derive(Clone, Copy)]
pub(crate) struct Patched<S>(pub(crate) S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Patched<S> {
    type Value = Patch<S::Value>;
    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Ok(Nullable(self.0)
            .deserialize(deserializer)?
            .map_or(Patch::Clear, Patch::Set))
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use serde_core::Serialize;
    use serde_json::{from_str, to_string};

    use super::*;
    use crate::{Secret, ser};

    /// One field of every kind, written the way the generated models are.
    #[derive(Debug, Default, PartialEq)]
    struct Sample {
        name: String,
        flag: bool,
        count: u64,
        secret: Option<Secret>,
        list: Vec<String>,
        labels: Option<BTreeMap<String, String>>,
        note: Patch<String>,
    }

    impl<'de> Object<'de> for Sample {
        const NAME: &'static str = "Sample";
        fn read<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
            let mut name = Slot::new("name");
            let mut flag = Slot::new("flag");
            let mut count = Slot::new("count");
            let mut secret = Slot::new("secret");
            let mut list = Slot::new("list");
            let mut labels = Slot::new("labels");
            let mut note = Slot::new("note");
            enum Field {
                Name,
                Flag,
                Count,
                Secret,
                List,
                Labels,
                Note,
                Unknown,
            }
            while let Some(key) = map.next_key_seed(Key(|name: &str| match name {
                "name" => Field::Name,
                "flag" => Field::Flag,
                "count" => Field::Count,
                "secret" => Field::Secret,
                "list" => Field::List,
                "labels" => Field::Labels,
                "note" => Field::Note,
                _ => Field::Unknown,
            }))? {
                match key {
                    Field::Name => name.fill(&mut map, TEXT)?,
                    Field::Flag => flag.fill(&mut map, FLAG)?,
                    Field::Count => count.fill(&mut map, COUNT64)?,
                    Field::Secret => secret.fill(&mut map, Nullable(of()))?,
                    Field::List => list.fill(&mut map, ListOrNull(TEXT))?,
                    Field::Labels => labels.fill(&mut map, Nullable(Map(TEXT)))?,
                    Field::Note => note.fill(&mut map, Patched(TEXT))?,
                    Field::Unknown => skip(&mut map)?,
                }
            }
            Ok(Self {
                name: name.required()?,
                flag: flag.or(true),
                count: count.or_default(),
                secret: secret.or_default(),
                list: list.or_default(),
                labels: labels.or_default(),
                note: note.or_default(),
            })
        }
    }

    impl<'de> Deserialize<'de> for Sample {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            object(deserializer)
        }
    }

    impl Serialize for Sample {
        fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut fields = ser::fields(serializer)?;
            fields.put("name", &self.name)?;
            fields.put("flag", &self.flag)?;
            fields.put("count", &self.count)?;
            fields.put_some("secret", self.secret.as_ref())?;
            fields.put("list", &self.list)?;
            fields.put_some("labels", self.labels.as_ref())?;
            fields.put_patch("note", &self.note)?;
            fields.end()
        }
    }

    fn error(text: &str) -> String {
        from_str::<Sample>(text).expect_err(text).to_string()
    }

    #[test]
    fn every_kind_of_field_reads_back_what_was_written() {
        let text = r#"{"name":"a","flag":false,"count":7,"secret":"s","list":["x"],"labels":{"k":"v"},"note":null}"#;
        let sample: Sample = from_str(text).expect("valid");
        assert_eq!(sample.note, Patch::Clear);
        assert_eq!(to_string(&sample).expect("writes"), text);
    }

    #[test]
    fn absent_fields_take_what_absence_means() {
        let sample: Sample = from_str(r#"{"name":"a","new":[{"deep":[]}]}"#).expect("valid");
        assert_eq!(
            sample,
            Sample {
                name: "a".into(),
                flag: true,
                ..Sample::default()
            }
        );
        assert_eq!(
            to_string(&sample).expect("writes"),
            r#"{"name":"a","flag":true,"count":0,"list":[]}"#
        );
    }

    #[test]
    fn a_wrong_kind_is_named_and_its_value_is_not() {
        let kinds = [
            ("\"hunter2\"", "a string"),
            ("true", "a boolean"),
            ("42", "an integer"),
            ("-42", "an integer"),
            ("4.2", "a number that is no plain integer"),
            ("null", "null"),
            ("[42]", "an array"),
            ("{\"hunter2\":42}", "an object"),
        ];
        let fields = [
            ("flag", "a boolean", &["a boolean"][..]),
            ("secret", "a string", &["a string", "null"]),
            ("list", "an array", &["an array", "null"]),
            ("labels", "an object", &["an object", "null"]),
            ("note", "a string", &["a string", "null"]),
            (
                "count",
                "an integer from 0 to 9223372036854775807",
                &["an integer"],
            ),
        ];
        for (field, expected, taken) in fields {
            for (value, kind) in kinds.iter().filter(|(_, kind)| !taken.contains(kind)) {
                let error = error(&format!(r#"{{"name":"a","{field}":{value}}}"#));
                let wanted = format!("invalid type: {kind}, expected {expected} at");
                assert!(error.starts_with(&wanted), "{field}: {error}");
            }
        }
        for (value, kind) in kinds.iter().filter(|(_, kind)| *kind != "an object") {
            let wanted = format!("invalid type: {kind}, expected an object (Sample) at");
            assert!(error(value).starts_with(&wanted), "{value}");
        }
    }

    #[test]
    fn a_list_and_a_map_say_what_is_wrong_inside_them() {
        let list = error(r#"{"list":[1]}"#);
        assert!(
            list.starts_with("invalid type: an integer, expected a string"),
            "{list}"
        );
        let labels = error(r#"{"labels":{"k":null}}"#);
        assert!(
            labels.starts_with("invalid type: null, expected a string"),
            "{labels}"
        );
    }

    #[test]
    fn a_known_field_or_a_map_key_given_twice_is_an_error() {
        assert!(error(r#"{"name":"a","name":"b"}"#).starts_with("duplicate field `name`"));
        assert!(error(r#"{"secret":null,"secret":"s"}"#).starts_with("duplicate field `secret`"));
        assert!(error(r#"{"labels":{"k":"v","k":"v"}}"#).starts_with("duplicate key"));
        let unknown = from_str::<Sample>(r#"{"name":"a","new":1,"new":2}"#);
        assert!(unknown.is_ok(), "unknown fields are not looked at");
    }

    #[test]
    fn a_required_field_that_is_absent_is_named() {
        assert!(error("{}").starts_with("missing field `name`"));
    }

    #[test]
    fn integers_keep_their_limits() {
        fn read<T: Whole>(kind: Integer<T>, text: &str) -> Option<String> {
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
                |text| read(Integer::between(i64::MIN, i64::MAX), text),
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
        for (read, taken, refused) in cases {
            for text in taken {
                assert_eq!(read(text).as_deref(), Some(text));
            }
            for text in refused
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
        assert!(read(NUMBER, "1e3").is_err());
        assert!(read("other", "1").is_err());
    }

    #[test]
    fn bytes_are_not_text() {
        use serde_core::de::value::{BytesDeserializer, Error};
        let error = TEXT
            .deserialize(BytesDeserializer::<Error>::new(b"hunter2"))
            .expect_err("bytes");
        assert_eq!(error.to_string(), "invalid type: bytes, expected a string");
    }
}
