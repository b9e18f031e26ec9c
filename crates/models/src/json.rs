//! A JSON value of any shape, for what no description knows: kept as it was read, within limits.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use serde_core::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

mod deserializer;
mod number;
mod parser;
mod seed;

pub(crate) use self::{number::Number, seed::ValueSeed};

/// A JSON value; the members of an object keep their order, and also those that have the same name.
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
    /// Whether a number in it cannot be written as it was read.
    pub(crate) fn is_inexact(&self) -> bool {
        match self {
            Self::Number(number) => number.is_inexact(),
            Self::List(items) => items.iter().any(Self::is_inexact),
            Self::Object(members) => members.iter().any(|(_, value)| value.is_inexact()),
            Self::Null | Self::Boolean(_) | Self::Text(_) => false,
        }
    }
}

/// Equal as they are written; the members of an object may be in any order.
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

/// Whether two objects have the same members; those of one name in the same order.
pub(crate) fn has_same_members(one: &[(Box<str>, Json)], other: &[(Box<str>, Json)]) -> bool {
    fn by_name(members: &[(Box<str>, Json)]) -> Vec<&(Box<str>, Json)> {
        let mut members: Vec<_> = members.iter().collect();
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        members
    }
    one.len() == other.len() && by_name(one) == by_name(other)
}

/// A number that cannot be written as it was read becomes a text of its digits.
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

/// As JSON without spaces.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => quoted(f, text),
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
                    quoted(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
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

/// How much of what nobody knows is kept.
#[derive(Debug)]
pub(crate) struct Limits {
    /// How many arrays and objects may still stand in each other.
    depth: usize,
    /// How many bytes of names and values may still come, counted as JSON without spaces.
    bytes: usize,
    /// Whether there was more than may be kept.
    is_exceeded: bool,
    /// Whether a text was no Unicode: with half of a character in an escape.
    is_malformed: bool,
}

impl Limits {
    pub(crate) const fn new(depth: usize, bytes: usize) -> Self {
        Self {
            depth,
            bytes,
            is_exceeded: false,
            is_malformed: false,
        }
    }

    pub(crate) const fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }

    pub(crate) const fn is_malformed(&self) -> bool {
        self.is_malformed
    }

    /// Whether that many bytes more may be kept.
    fn take(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes) {
            Some(left) if !self.is_exceeded => {
                self.bytes = left;
                true
            }
            _ => {
                self.is_exceeded = true;
                false
            }
        }
    }

    /// Whether a text may be kept, with its quotes and the comma or colon behind it.
    pub(crate) fn take_text(&mut self, text: &str) -> bool {
        self.take(text.len().saturating_add(3))
    }

    /// Whether a number or a word may be kept, with the comma behind it.
    fn take_word(&mut self, length: usize) -> bool {
        self.take(length.saturating_add(1))
    }

    /// Whether an array or an object may begin; [`close`](Self::close) ends it.
    fn open(&mut self) -> bool {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                self.take(3)
            }
            None => {
                self.is_exceeded = true;
                false
            }
        }
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }
}
