//! A member that may be wrong without spoiling the rest of its object.

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

/// A member beside a secret that is shown only once: a value that does not fit is kept as it came, so that the secret is not lost with it.
///
/// What cannot be read is not absent. A token whose end cannot be read does end; look at it before you count on when.
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
    /// The member is absent or `null`.
    #[default]
    Absent,
    /// The member's value.
    Value(T),
    /// The member is there and its value cannot be read.
    Unreadable(Unreadable),
}

impl<T> Lenient<T> {
    /// Returns the value, or `None` if the member is absent or `null`.
    ///
    /// # Errors
    ///
    /// What stands in the place of a value and cannot be read. It is no `None`, so that nobody takes it for absent.
    pub const fn value(&self) -> Result<Option<&T>, &Unreadable> {
        match self {
            Self::Absent => Ok(None),
            Self::Value(value) => Ok(Some(value)),
            Self::Unreadable(unreadable) => Err(unreadable),
        }
    }

    /// Returns whether the member is absent or `null`.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Withholds what cannot be read if it may hold a part of the secret beside it.
    pub(crate) fn cleaned_of(mut self, secret: &Secret) -> Self {
        self.withhold_if(&|text: &str| may_contain(text, secret));
        self
    }

    /// Withholds what cannot be read if it holds a secret.
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

/// A value that does not fit its member: the text as it came, or what else stood there as JSON.
///
/// It has at most 64 bytes. A longer one reads `[withheld]`, and so does one that may hold a part of the secret beside it; a member that is
/// there more than once reads `[more than one value]`. `Display` gives the text without quotes, and it may hold any character: escape it
/// before it is shown, or show the `Debug` form.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreadable(Json);

impl Unreadable {
    /// The most bytes that are kept. No date is longer, and an encoded secret is.
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

    /// What a member is that is there more than once: neither its first value nor its last.
    pub(crate) fn repeated() -> Self {
        Self(Json::Text("[more than one value]".into()))
    }
}

/// Whether a text may hold a part of a secret.
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

/// As JSON, with control characters escaped.
impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// Written back as it was; a number that cannot be is a text of its digits.
impl Serialize for Unreadable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Reads a member with another seed, or keeps what that seed does not take.
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
    /// Reads a field that spoils nothing: with a second value it is one that cannot be read.
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
