//! The error of a text that is not a timestamp.

use core::fmt;

/// The reason why a text is not a [`Timestamp`](crate::Timestamp).
///
/// It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTimestampError(pub(super) Reason);

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Form,
    TimeMissing,
    OffsetMissing,
    Nonexistent,
    OutOfRange,
}

impl ParseTimestampError {
    /// Returns whether only the offset from UTC is missing.
    pub(crate) fn is_offset_missing(self) -> bool {
        self.0 == Reason::OffsetMissing
    }

    /// Returns what is wrong with the text.
    pub(super) const fn text(self) -> &'static str {
        self.0.text()
    }
}

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Reason {
    const fn text(self) -> &'static str {
        match self {
            Self::Form => {
                "not a date and time such as 2026-11-21T20:48:09Z (RFC 3339, with an offset, years 1 to 9999)"
            }
            Self::TimeMissing => {
                "the time of day and the offset from UTC are missing, as in 2026-11-21T20:48:09Z"
            }
            Self::OffsetMissing => "the offset from UTC is missing: Z, or one such as +01:00",
            Self::Nonexistent => "there is no such date, time of day or offset",
            Self::OutOfRange => "outside of the years 1 to 9999",
        }
    }
}

impl core::error::Error for ParseTimestampError {}
