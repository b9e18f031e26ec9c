//! A change of one field.

use alloc::string::String;
use core::marker::PhantomData;

use serde_core::{
    Deserialize, Deserializer, Serialize, Serializer, de::DeserializeSeed, ser::Error,
};

use crate::de::containers::Nullable;

/// A change of one field by an update: keep, clear or set it.
///
/// On the wire these are an absent field, `null` and a value. In a struct of your own, mark the field
/// `#[serde(default, skip_serializing_if = "Patch::is_keep")]`: only the struct can leave a field out, so writing `Keep` by itself is an
/// error.
///
/// ```
/// use gatelet_models::Patch;
///
/// let description: Patch<String> = serde_json::from_str("null")?;
/// assert_eq!(description, Patch::Clear);
/// assert_eq!(Patch::<String>::from("edge"), Patch::Set("edge".to_owned()));
/// assert_eq!(Patch::<String>::from(None), Patch::Keep);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// Keeps the value that the server has.
    #[default]
    Keep,
    /// Clears the value.
    Clear,
    /// Sets this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Returns whether the field is left out of the update.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns the new value, if any.
    pub const fn as_option(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<T: Clone> Patch<T> {
    /// Returns the patch that sends a field again as it was read.
    pub(crate) fn unchanged(value: &Option<T>, was_null: bool) -> Self {
        match value {
            Some(value) => Self::Set(value.clone()),
            None if was_null => Self::Clear,
            None => Self::Keep,
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// `None` keeps: a field that was not read is not touched.
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}

impl From<&str> for Patch<String> {
    fn from(value: &str) -> Self {
        Self::Set(value.into())
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep => Err(S::Error::custom(
                "`Patch::Keep` must be left out, not written",
            )),
            Self::Clear => serializer.serialize_unit(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Patched(PhantomData).deserialize(deserializer)
    }
}

/// A value, or `null` to clear it. An absent field keeps what is there: [`Slot::or_default`](crate::de::Slot::or_default).
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
    use alloc::{borrow::ToOwned, string::ToString};

    use super::*;

    #[test]
    fn null_clears_and_a_value_sets() {
        assert_eq!(
            serde_json::from_str::<Patch<bool>>("null").ok(),
            Some(Patch::Clear)
        );
        assert_eq!(
            serde_json::from_str::<Patch<bool>>("true").ok(),
            Some(Patch::Set(true))
        );
        assert_eq!(
            serde_json::to_string(&Patch::<bool>::Clear).expect("writes"),
            "null"
        );
        assert_eq!(
            serde_json::to_string(&Patch::Set(true)).expect("writes"),
            "true"
        );
    }

    #[test]
    fn a_kept_field_cannot_be_written_by_itself() {
        let error = serde_json::to_string(&Patch::<bool>::Keep).expect_err("nothing to write");
        assert_eq!(
            error.to_string(),
            "`Patch::Keep` must be left out, not written"
        );
    }

    #[test]
    fn a_field_that_was_not_read_is_kept() {
        assert_eq!(Patch::<String>::from(None), Patch::Keep);
        assert_eq!(
            Patch::<String>::from(Some("a".to_owned())),
            Patch::from("a")
        );
        assert!(Patch::<bool>::default().is_keep() && !Patch::<bool>::Clear.is_keep());
        assert_eq!(Patch::Set(1).as_option(), Some(&1));
        assert_eq!(Patch::<u8>::Clear.as_option(), None);
    }
}
