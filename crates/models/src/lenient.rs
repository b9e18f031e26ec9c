//! A member that may be wrong without spoiling the rest of its object.

use alloc::string::ToString;
use core::fmt;

use serde_core::{
    Serialize, Serializer,
    de::{DeserializeSeed, Deserializer},
};

use crate::{
    Secret,
    json::{Json, Limits, ValueSeed},
};

/// A member of a response that holds a secret which is shown only once: a value that does not fit is kept, so that the secret is not lost
/// with it.
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
/// assert_eq!(created.expiration_date.unreadable().map(ToString::to_string), Some("2027-01-01 00:00".into()));
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
    /// Returns the value if there is one that can be read. `None` does not mean absent: see [`is_absent`](Self::is_absent).
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }

    /// Returns whether the member is absent or `null`.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns what stands in the place of a value, if it cannot be read.
    pub const fn unreadable(&self) -> Option<&Unreadable> {
        match self {
            Self::Unreadable(unreadable) => Some(unreadable),
            Self::Absent | Self::Value(_) => None,
        }
    }

    /// Withholds what cannot be read if it may hold a part of the secret beside it.
    pub(crate) fn cleaned_of(self, secret: &Secret) -> Self {
        match self {
            Self::Unreadable(unreadable) if unreadable.may_hold(secret) => {
                Self::Unreadable(Unreadable::withheld())
            }
            other => other,
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
/// It has at most 64 bytes; a longer one is withheld, and so is one that may hold a part of the secret beside it. `Display` gives it
/// without quotes and may hold any character: escape it before it is shown.
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

    fn may_hold(&self, secret: &Secret) -> bool {
        /// A shorter run of characters may be in any text.
        const RUN: usize = 8;
        let secret = secret.expose().as_bytes();
        let text = self.to_string();
        let mut runs = text.as_bytes().windows(RUN);
        secret.len() < RUN || runs.any(|run| secret.windows(RUN).any(|it| it == run))
    }
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
