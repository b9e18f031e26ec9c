//! Fields that may be unreadable while the rest of their object is read.

use alloc::string::ToString;
use core::fmt;

use serde_core::{
    Serialize, Serializer,
    de::{DeserializeSeed, Deserializer, MapAccess},
};

use crate::de::object::skip;
use crate::de::slot::Slot;
use crate::json::limits::Limits;
use crate::json::seed::ValueSeed;
use crate::json::value::Json;
use crate::secret::secret::Secret;

/// A field whose unreadable value is kept as it came, so that nothing else is lost with it: a secret that is shown only once, or the
/// other objects of a list.
///
/// An unreadable value is not absent: a token with an unreadable expiration date does expire, and only the text may tell when.
///
/// ```
/// use gatelet_models::Lenient;
/// use gatelet_models::dt::ActiveGateTokenCreated;
///
/// let text = r#"{"id":"dt0g02.4KWZO5EF","token":"dt0g02.4KWZO5EF.EXAMPLE","expirationDate":"2027-01-01 00:00"}"#;
/// let created: ActiveGateTokenCreated = serde_json::from_str(text)?;
/// match &created.expiration_date {
///     Lenient::Absent => println!("never expires"),
///     Lenient::Value(time) => println!("expires at {time}"),
///     Lenient::Unreadable(text) => println!("expires, but when? {text}"),
/// }
/// let unreadable = created.expiration_date.value().unwrap_err();
/// assert_eq!(unreadable.to_string(), "2027-01-01 00:00");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lenient<T> {
    /// The field is absent or `null`.
    #[default]
    Absent,
    /// The field's value.
    Value(T),
    /// The field is present and its value cannot be read.
    Unreadable(Unreadable),
}

impl<T> Lenient<T> {
    /// Returns the value, or `None` if the field is absent or `null`.
    ///
    /// # Errors
    ///
    /// The unreadable value. It is an error rather than `None`, so that it is not mistaken for absent.
    pub const fn value(&self) -> Result<Option<&T>, &Unreadable> {
        match self {
            Self::Absent => Ok(None),
            Self::Value(value) => Ok(Some(value)),
            Self::Unreadable(unreadable) => Err(unreadable),
        }
    }

    /// Returns whether the field is absent or `null`.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Withholds an unreadable value if it may contain a part of a secret beside it.
    pub(crate) fn cleaned_of<'a>(mut self, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        for secret in secrets {
            self.withhold_if(&|text: &str| may_contain(text, secret));
        }
        self
    }

    /// Withholds an unreadable value if it contains a secret.
    pub(crate) fn withhold_if(&mut self, holds_secret: &impl Fn(&str) -> bool) {
        match self {
            Self::Unreadable(unreadable) if holds_secret(&unreadable.to_string()) => {
                *unreadable = Unreadable::withheld();
            }
            _ => {}
        }
    }
}

impl<T> From<T> for Lenient<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Lenient<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

/// A value that does not fit its field: the string as it came, or any other value as JSON.
///
/// At most 64 bytes are kept. A longer value reads `[withheld]`, and so does a value that may contain a part of the secret beside it; a
/// field that is present more than once reads `[more than one value]`. `Display` writes the text without quotes and with any
/// characters in it: escape it before you show it, or show the `Debug` form.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreadable(Json);

impl Unreadable {
    /// The most bytes that are kept. No date is longer; an encoded secret is.
    const BYTES: usize = 64;

    fn of(value: Json) -> Self {
        let unreadable = Self(value);
        if unreadable.to_string().len() > Self::BYTES {
            return Self::withheld();
        }
        unreadable
    }

    fn withheld() -> Self {
        Self(Json::Text("[withheld]".into()))
    }

    /// Returns the placeholder of a field that is present more than once.
    pub(crate) fn repeated() -> Self {
        Self(Json::Text("[more than one value]".into()))
    }
}

/// Returns whether a text may contain a part of a secret.
fn may_contain(text: &str, secret: &Secret) -> bool {
    /// A shorter run of characters may be in any text.
    const RUN: usize = 8;
    let secret = secret.expose().as_bytes();
    let mut runs = text.as_bytes().windows(RUN);
    secret.len() < RUN || runs.any(|run| secret.windows(RUN).any(|it| it == run))
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Json::Text(text) => f.write_str(text),
            other => write!(f, "{other}"),
        }
    }
}

/// Writes the text in quotes, with control characters escaped.
impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// Writes the value as it came; a number that would lose digits becomes a string of its digits.
impl Serialize for Unreadable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Reads a field with another seed, or keeps the value that the seed refuses.
pub(crate) struct LenientSeed<S>(pub(crate) S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for LenientSeed<S> {
    type Value = Lenient<S::Value>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let mut limits = Limits::new(64, 64 * 1024);
        let value = ValueSeed(&mut limits).deserialize(deserializer)?;
        if limits.is_exceeded() || limits.is_malformed() {
            return Ok(Lenient::Unreadable(Unreadable::withheld()));
        }
        if value == Json::Null {
            return Ok(Lenient::Absent);
        }
        Ok(match self.0.deserialize(&value) {
            Ok(value) => Lenient::Value(value),
            Err(_) => Lenient::Unreadable(Unreadable::of(value)),
        })
    }
}

impl<T> Slot<Lenient<T>> {
    /// Returns whether the field was present and null.
    #[inline]
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Some(Lenient::Absent))
    }

    /// Reads a lenient field; a second value makes it unreadable.
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
