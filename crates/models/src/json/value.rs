//! A JSON value of any shape, kept as it was read.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use serde_core::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use super::number::Number;

/// A JSON value; an object keeps the order of its members, and duplicates.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Box<str>),
    List(Vec<Json>),
    Object(Vec<(Box<str>, Json)>),
}

impl Json {
    /// Returns whether it contains a number of which this is true.
    pub(crate) fn has_number(&self, test: fn(&Number) -> bool) -> bool {
        match self {
            Self::Number(number) => test(number),
            Self::List(items) => items.iter().any(|item| item.has_number(test)),
            Self::Object(members) => members.iter().any(|(_, value)| value.has_number(test)),
            Self::Null | Self::Boolean(_) | Self::Text(_) => false,
        }
    }
}

/// Compares the written forms; the members of an object may be in any order.
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Object(one), Self::Object(other)) => has_same_members(one, other),
            _ => false,
        }
    }
}

impl Eq for Json {}

/// Returns whether two objects have the same members; duplicates in the same order.
pub(crate) fn has_same_members(one: &[(Box<str>, Json)], other: &[(Box<str>, Json)]) -> bool {
    fn by_name(members: &[(Box<str>, Json)]) -> Vec<&(Box<str>, Json)> {
        let mut members: Vec<_> = members.iter().collect();
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        members
    }
    one.len() == other.len() && by_name(one) == by_name(other)
}

/// Writes a number that cannot be written as it was read as a string of its digits.
impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(members) => {
                let mut object = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    object.serialize_entry(name, value)?;
                }
                object.end()
            }
        }
    }
}

/// Writes JSON without spaces.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write_quoted(f, text),
            Self::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    write_quoted(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            '\0'..' ' => write!(f, "\\u{:04x}", u32::from(character))?,
            _ => write!(f, "{character}")?,
        }
    }
    f.write_str("\"")
}
