//! Timestamps with milliseconds, as Dynatrace writes them.

use core::fmt;

use serde_core::{Serialize, Serializer};

use super::text::TimestampText;
use super::timestamp::Timestamp;

/// A [`Timestamp`] that is written with at least three fraction digits, and more only if it is finer than a millisecond.
///
/// ```
/// use gatelet_models::Timestamp;
///
/// let created = Timestamp::parse("2025-01-20T21:37:02Z")?;
/// assert_eq!(created.milliseconds().to_string(), "2025-01-20T21:37:02.000Z");
/// # Ok::<(), gatelet_models::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Milliseconds(pub Timestamp);

impl Timestamp {
    /// Returns a form that is written with at least three fraction digits, as Dynatrace documents its dates.
    #[must_use]
    pub const fn milliseconds(self) -> Milliseconds {
        Milliseconds(self)
    }
}

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(TimestampText::new(self.0.0, 3).as_str())
    }
}

impl Serialize for Milliseconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(TimestampText::new(self.0.0, 3).as_str())
    }
}
