//! The members of an object that its model does not describe.

use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde_core::{
    Serialize, Serializer,
    de::{DeserializeSeed, Deserializer, MapAccess},
    ser::{SerializeMap, SerializeStruct as _},
};

use crate::de::refusal::invalid_value;
use crate::json::limits::Limits;
use crate::json::number::Number;
use crate::json::seed::{RAW, ValueSeed};
use crate::json::value::{Json, has_same_members};

/// The parts of an object beyond the fields of its model: unknown members, and which fields were `null`.
///
/// An update that replaces an object has to send all of it back, so the models that are read, changed and put back keep them: at most
/// 64 KiB of names and values, nested at most 64 deep; more is an error when it is read. The `Debug` form shows only the
/// first names, truncated.
///
/// A number is written back with exactly the value that was read, or not at all: see [`inexact`](Self::inexact). One of more digits than
/// a number type holds needs [`allow_raw_numbers`](Self::allow_raw_numbers), which the clients call. All of this needs `serde_json`'s
/// feature `raw_value`, which the clients enable. Without it, digits beyond the precision of an `f64` are lost unnoticed
/// (`1.00000000000000000001` becomes 1.0), and 1e400 is an error.
///
/// ```
/// use gatelet_models::asa::{Gateway, GatewayUpdate};
///
/// let text = r#"{"id":"g","name":"eu-1","refuse_connections":false,"description":null,"zone":{"rack":7}}"#;
/// let gateway: Gateway = serde_json::from_str(text)?;
/// assert!(gateway.unknown_members.names().eq(["zone"]));
///
/// let update = GatewayUpdate::from(&gateway).with_name("eu-2");
/// assert_eq!(
///     serde_json::to_string(&update)?,
///     r#"{"name":"eu-2","refuse_connections":false,"description":null,"zone":{"rack":7}}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct UnknownMembers {
    /// In the order of the input.
    members: Vec<(Box<str>, Json)>,
    nulls: Nulls,
    allows_raw_numbers: bool,
}

/// Which fields of an object were `null`. Most objects that are read have such fields, so they are kept without an allocation.
#[derive(Clone, Copy, Default)]
struct Nulls {
    /// The names of all fields that may be.
    names: &'static [&'static str],
    /// A bit for each name, the lowest for the first one.
    bits: u64,
}

impl Nulls {
    const NONE: Self = Self {
        names: &[],
        bits: 0,
    };

    fn contains(self, field: &str) -> bool {
        let mut bits = self.bits;
        self.names.iter().any(|name| {
            let is_null = bits & 1 == 1;
            bits >>= 1;
            is_null && *name == field
        })
    }
}

impl UnknownMembers {
    /// Creates an empty value.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            members: Vec::new(),
            nulls: Nulls::NONE,
            allows_raw_numbers: false,
        }
    }

    /// Returns whether there are no unknown members.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Iterates over the names of the unknown members, in the order of the input.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| &**name)
    }

    /// Returns the value of the first unknown member of this name, to be serialized into the JSON type of the caller's choice.
    pub fn get(&self, name: &str) -> Option<impl Serialize + '_> {
        let mut members = self.members.iter();
        members.find(|(own, _)| **own == *name).map(|(_, it)| it)
    }

    /// Removes an unknown member, so that an update leaves it out; returns whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.members.len();
        self.members.retain(|(own, _)| **own != *name);
        self.members.len() < before
    }

    /// Returns the name of the first member with a number that cannot be written with all digits that were read.
    ///
    /// Such a number has more digits than an `f64` or a 64-bit integer can hold, or is too large for them. An update that contains it
    /// is refused; any other model writes it as a string of its digits. After [`allow_raw_numbers`](Self::allow_raw_numbers), only a
    /// number counts whose digits were lost already when it was read.
    #[must_use]
    pub fn inexact(&self) -> Option<&str> {
        let test = match self.allows_raw_numbers {
            true => Number::has_lost_digits,
            false => Number::is_inexact,
        };
        let mut members = self.members.iter();
        members
            .find(|(_, value)| value.has_number(test))
            .map(|(name, _)| &**name)
    }

    /// Lets a number that no number type holds exactly be written as raw JSON, with the digits that were read.
    ///
    /// Only for values that `serde_json` with its feature `raw_value` writes to a text or to bytes. Anything else does not know
    /// raw JSON: `serde_json::Value` loses the digits, and another format writes an object that means nothing.
    pub fn allow_raw_numbers(&mut self) {
        self.allows_raw_numbers = true;
    }

    /// Returns whether a field was `null` when the object was read.
    pub(crate) fn was_null(&self, field: &str) -> bool {
        self.nulls.contains(field)
    }

    /// Returns the unknown members alone, for an object with other fields.
    pub(crate) fn without_nulls(&self) -> Self {
        Self {
            members: self.members.clone(),
            nulls: Nulls::NONE,
            allows_raw_numbers: self.allows_raw_numbers,
        }
    }

    /// Writes the members into an object that has been started.
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.members.iter().try_for_each(|(name, value)| {
            match self.allows_raw_numbers && value.has_number(Number::is_inexact) {
                true => map.serialize_entry(name, &RawJson(value)),
                false => map.serialize_entry(name, value),
            }
        })
    }
}

/// A value that is written as raw JSON, as `serde_json`'s own `RawValue` is.
struct RawJson<'a>(&'a Json);

impl Serialize for RawJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut raw = serializer.serialize_struct(RAW, 1)?;
        raw.serialize_field(RAW, &self.0.to_string())?;
        raw.end()
    }
}

/// Compares the unknown members in any order; a `null` field equals an absent one.
impl PartialEq for UnknownMembers {
    fn eq(&self, other: &Self) -> bool {
        has_same_members(&self.members, &other.members)
    }
}

impl Eq for UnknownMembers {}

impl fmt::Debug for UnknownMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// How many names are shown.
        const NAMES: usize = 32;
        /// How many characters of a name are shown.
        const CHARACTERS: usize = 64;
        let beginning = |name| str::chars(name).take(CHARACTERS).collect::<String>();
        let names = self.names().take(NAMES).map(beginning);
        let mut set = f.debug_set();
        set.entries(names);
        if self.members.len() > NAMES {
            set.finish_non_exhaustive()
        } else {
            set.finish()
        }
    }
}

/// Collects the unknown members of one object.
pub(crate) struct Collector {
    members: Vec<(Box<str>, Json)>,
    limits: Limits,
}

impl Collector {
    pub(crate) const fn new() -> Self {
        /// The maximum nesting of arrays and objects in a member.
        const DEPTH: usize = 64;
        /// The maximum size of all members of an object, in bytes.
        const BYTES: usize = 64 * 1024;
        Self {
            members: Vec::new(),
            limits: Limits::new(DEPTH, BYTES),
        }
    }

    /// Reads the value of a member.
    #[cold]
    pub(crate) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: Box<str>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        self.limits.take_text(&name);
        let value = map.next_value_seed(Limited(&mut self.limits))?;
        self.members.push((name, value));
        Ok(())
    }

    /// Ends the object; `are_null` says of each of these fields whether it was `null`.
    pub(crate) fn finish<const N: usize>(
        self,
        names: &'static [&'static str; N],
        are_null: [bool; N],
    ) -> UnknownMembers {
        const { assert!(N <= 64, "there is a bit for each field") };
        let bits = are_null.into_iter().rev();
        UnknownMembers {
            members: self.members,
            nulls: Nulls {
                names,
                bits: bits.fold(0, |bits, is_null| (bits << 1) | u64::from(is_null)),
            },
            allows_raw_numbers: false,
        }
    }
}

/// A seed that refuses a value beyond the limits.
struct Limited<'l>(&'l mut Limits);

impl<'de> DeserializeSeed<'de> for Limited<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let value = ValueSeed(&mut *self.0).deserialize(deserializer)?;
        if self.0.is_exceeded() {
            let expected = "unknown members of at most 64 KiB, nested at most 64 deep";
            return Err(invalid_value("too much", &expected));
        }
        if self.0.is_malformed() {
            return Err(invalid_value(
                "half of a character",
                &"a text of whole characters",
            ));
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_core::de::value::{Error, MapDeserializer};

    use super::*;

    #[test]
    fn a_number_that_was_read_without_its_text_is_never_written_as_a_number() {
        // A format that passes on an `f64`.
        let numbers = [("n", 0.123_456_789_012_345_68)];
        let mut map = MapDeserializer::<_, Error>::new(numbers.into_iter());
        let name: Option<String> = map.next_key().expect("a name");
        let mut collector = Collector::new();
        collector
            .read(name.expect("a name").into(), &mut map)
            .expect("a number");
        let mut unknown = collector.finish(&[], []);
        assert_eq!(unknown.inexact(), Some("n"));
        unknown.allow_raw_numbers();
        assert_eq!(unknown.inexact(), Some("n"));
    }
}
