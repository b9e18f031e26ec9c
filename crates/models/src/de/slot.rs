//! The value of one field while its object is read.

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess};

use super::refusal::invalid_value;

/// The value of a known field, until the whole object has been read.
pub(crate) struct Slot<T> {
    name: &'static str,
    pub(crate) value: Option<T>,
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
            return map.next_value_seed(DuplicateKey(Some(self.name)));
        }
        self.value = Some(map.next_value_seed(seed)?);
        Ok(())
    }

    /// Returns the value, or the error that the field is missing.
    #[inline]
    pub(crate) fn required<E: Error>(self) -> Result<T, E> {
        match self.value {
            Some(value) => Ok(value),
            None => Err(E::missing_field(self.name)),
        }
    }

    /// Returns the value, or `default` when the field is absent.
    #[inline]
    pub(crate) fn or(self, default: T) -> T {
        self.value.unwrap_or(default)
    }

    /// Returns the value, or the default of its type when the field is absent: `None`, empty or `Keep`.
    #[inline]
    pub(crate) fn or_default(self) -> T
    where
        T: Default,
    {
        self.value.unwrap_or_default()
    }
}

impl<T> Slot<Option<T>> {
    /// Returns whether the field was present and null.
    #[inline]
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Some(None))
    }
}

impl<T> Slot<Option<Option<T>>> {
    /// Returns the count; `None` when it is absent, null or negative.
    #[inline]
    pub(crate) fn count(self) -> Option<T> {
        self.value.flatten().flatten()
    }
}

/// Fails in place of the value of a duplicate key, so that the error's path ends with that key.
pub(crate) struct DuplicateKey(pub(super) Option<&'static str>);

impl<'de> DeserializeSeed<'de> for DuplicateKey {
    type Value = ();
    #[cold]
    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(match self.0 {
            Some(name) => D::Error::duplicate_field(name),
            None => invalid_value("a duplicate key", &"each key once"),
        })
    }
}
