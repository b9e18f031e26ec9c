//! Writes models: fields in the order of the description, without absent ones.

use serde_core::ser::{Error, Serialize, SerializeMap, Serializer};

use crate::de::scalars::IntegerSeed;
use crate::field::lenient::Lenient;
use crate::field::patch::Patch;
use crate::field::unknown_members::UnknownMembers;

/// An object that is being written, without its length, so that absent fields need not be counted.
pub(crate) struct Fields<M>(M);

/// Begins an object.
#[inline]
pub(crate) fn fields<S: Serializer>(serializer: S) -> Result<Fields<S::SerializeMap>, S::Error> {
    serializer.serialize_map(None).map(Fields)
}

impl<M: SerializeMap> Fields<M> {
    /// Writes a field that is always present.
    #[inline]
    pub(crate) fn put<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }

    /// Writes a field if it has a value.
    #[inline]
    pub(crate) fn put_some<T: Serialize>(
        &mut self,
        name: &'static str,
        value: Option<T>,
    ) -> Result<(), M::Error> {
        match value {
            Some(value) => self.put(name, &value),
            None => Ok(()),
        }
    }

    /// Writes a field if it has a value, or `null` if it was null when it was read.
    #[inline]
    pub(crate) fn put_some_or_null<T: Serialize>(
        &mut self,
        name: &'static str,
        value: Option<T>,
        read: &UnknownMembers,
    ) -> Result<(), M::Error> {
        match value {
            None if read.was_null(name) => self.put(name, &()),
            value => self.put_some(name, value),
        }
    }

    /// Writes a field that may be unreadable.
    #[inline]
    pub(crate) fn put_lenient<'a, T, V: Serialize>(
        &mut self,
        name: &'static str,
        value: &'a Lenient<T>,
        form: impl FnOnce(&'a T) -> V,
    ) -> Result<(), M::Error> {
        match value {
            Lenient::Absent => Ok(()),
            Lenient::Value(value) => self.put(name, &form(value)),
            Lenient::Unreadable(unreadable) => self.put(name, unreadable),
        }
    }

    /// Writes the unknown members.
    #[inline]
    pub(crate) fn put_unknown(&mut self, members: &UnknownMembers) -> Result<(), M::Error> {
        members.write(&mut self.0)
    }

    /// Writes a field unless it is kept; `null` clears it.
    #[inline]
    pub(crate) fn put_patch<T: Serialize>(
        &mut self,
        name: &'static str,
        patch: &Patch<T>,
    ) -> Result<(), M::Error> {
        match patch {
            Patch::Keep => Ok(()),
            Patch::Clear => self.put(name, &()),
            Patch::Set(value) => self.put(name, value),
        }
    }

    /// Ends the object.
    #[inline]
    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}

/// An integer whose type is wider than its field; out of range, it is refused on writing as on reading.
pub(crate) struct InRange<T>(pub(crate) IntegerSeed<T>, pub(crate) T);

impl<T: Serialize + PartialOrd + Copy> Serialize for InRange<T> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(limits, value) = self;
        if !limits.contains(*value) {
            return Err(S::Error::custom("an integer out of range"));
        }
        value.serialize(serializer)
    }
}

/// A count that a response always has; an unknown count is written as -1, as the servers do.
pub(crate) struct CountOrUnknown<T>(pub(crate) Option<T>);

impl<T: Serialize> Serialize for CountOrUnknown<T> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(count) => count.serialize(serializer),
            None => serializer.serialize_i64(-1),
        }
    }
}

/// Refuses to write an update with a number that would lose digits.
pub(crate) fn require_exact<E: Error>(inexact: Option<&str>) -> Result<(), E> {
    match inexact {
        None => Ok(()),
        Some(_) => Err(E::custom(
            "a number of an unknown member cannot be written with all of its digits",
        )),
    }
}
