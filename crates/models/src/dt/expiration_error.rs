//! The error of an expiration date.

use core::fmt;

/// The reason why a text is not an [`Expiration`](super::Expiration), or why the server would refuse it.
///
/// It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpirationError {
    /// The text is in none of the three forms.
    Form,
    /// The text is a date without a time of day.
    TimeMissing,
    /// The time is in the past.
    Past,
    /// The time is more than two years ahead.
    TooFar,
}

impl fmt::Display for ExpirationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => {
                "must be UTC milliseconds, a date and time such as 2027-01-31T10:00:00Z, or a relative time such as now+14d"
            }
            Self::TimeMissing => {
                "is a date without a time of day: write both, such as 2027-01-31T10:00:00Z"
            }
            Self::Past => "must not be in the past",
            Self::TooFar => "must not be more than two years ahead",
        })
    }
}

impl core::error::Error for ExpirationError {}
