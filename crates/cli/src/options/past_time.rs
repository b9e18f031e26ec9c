//! Past times as options.

use std::time::{Duration, SystemTime};

use gatelet_models::Timestamp;

use crate::options::time_span;

/// A time in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PastTime {
    At(Timestamp),
    Ago(Duration),
}

/// Parses a time such as `2027-01-31T00:00:00Z`, or how long ago it is, such as `10m`.
pub(crate) fn parse(text: &str) -> Result<PastTime, &'static str> {
    const EXPECTED: &str = "must be a time, such as 2027-01-31T00:00:00Z, or how long ago it is, a whole number with s, m, h, d or w";
    if let Ok(span) = time_span::parse(text) {
        return Ok(PastTime::Ago(span));
    }
    text.parse().map(PastTime::At).map_err(|_| EXPECTED)
}

impl PastTime {
    /// Returns the time; one before the earliest that the system knows is that.
    pub(crate) fn at(self, now: SystemTime) -> SystemTime {
        match self {
            Self::At(time) => time.into(),
            Self::Ago(span) => Timestamp::from(now).saturating_sub(span).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_time_is_a_date_or_a_span() {
        let time: Timestamp = "2026-11-30T23:20:00.5Z".parse().unwrap();
        assert_eq!(parse("2026-11-30T23:20:00.5Z"), Ok(PastTime::At(time)));
        let ago = parse("10m").unwrap();
        let expected = time.saturating_sub(Duration::from_secs(600));
        assert_eq!(ago.at(time.into()), SystemTime::from(expected));
        for wrong in ["", "10", "yesterday", "now-1d", "2026-11-30"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
