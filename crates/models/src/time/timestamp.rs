//! Timestamps in RFC 3339 form.

use core::{fmt, str::FromStr, time::Duration};

use serde_core::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use time::{Date, OffsetDateTime, Time, UtcDateTime};

use super::parse;
use super::parse_error::ParseTimestampError;
use super::range::{FIRST_YEAR, LAST_YEAR};
use super::text::TimestampText;
use crate::de::refusal::{invalid_value, refuse};

/// A point in time in UTC, from year 1 to year 9999, exact to the nanosecond.
///
/// It is read from RFC 3339 text with any offset and any number of fraction digits (those after the ninth are cut off), and written in
/// UTC with `Z` and no more fraction digits than needed. Equality and order are those of the instants. It converts from and to
/// `time::OffsetDateTime` and, with the feature `std`, `std::time::SystemTime`.
///
/// ```
/// use core::time::Duration;
/// use gatelet_models::Timestamp;
///
/// let created = Timestamp::parse("2021-11-22T12:39:29.797+01:00")?;
/// assert_eq!(created.to_string(), "2021-11-22T11:39:29.797Z");
/// assert_eq!(created.unix_millis(), 1_637_581_169_797);
/// assert!(Timestamp::parse("0001-01-01T00:00:00Z")?.is_unset());
///
/// let hour = Duration::from_secs(60 * 60);
/// let later = created.saturating_add(hour);
/// assert_eq!(later.to_string(), "2021-11-22T12:39:29.797Z");
/// assert_eq!(later.checked_duration_since(created), Some(hour));
/// assert_eq!(created.saturating_duration_since(later), Duration::ZERO);
/// # Ok::<(), gatelet_models::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub(super) UtcDateTime);

/// Returns a date of a constant; it must exist.
const fn date(year: i32, day_of_year: u16) -> Date {
    match Date::from_ordinal_date(year, day_of_year) {
        Ok(date) => date,
        Err(_) => Date::MIN,
    }
}

impl Timestamp {
    /// `0001-01-01T00:00:00Z`, the earliest timestamp. Servers written in Go send it for a time that was never set.
    pub const UNSET: Self = Self(UtcDateTime::new(date(FIRST_YEAR, 1), Time::MIDNIGHT));

    /// `9999-12-31T23:59:59.999999999Z`, the latest timestamp.
    pub const MAX: Self = Self(UtcDateTime::new(date(LAST_YEAR, 365), Time::MAX));

    /// Parses RFC 3339 text, and the ISO 8601 forms that differ from it in notation alone.
    ///
    /// `T` and `Z` may be in lower case, a space may stand for `T`, and a comma for the decimal point. The seconds may be missing, and so
    /// may the colon or the minutes of the offset (`+0000`, `+00`). A leap second, `23:59:60` in UTC on any day, is read as the last nanosecond
    /// before it, 59.999999999 of its minute, whatever its fraction.
    ///
    /// # Errors
    ///
    /// When the offset or the time of day is missing, the text has another form, the date, time of day or offset does not exist, or the
    /// instant is outside of the years 1 to 9999 in UTC. The error says which, and does not repeat the text.
    #[inline]
    pub fn parse(text: &str) -> Result<Self, ParseTimestampError> {
        match parse::fixed_layout(text.as_bytes()) {
            Some(instant) => Ok(Self(instant)),
            None => parse::general(text.as_bytes())
                .map(Self)
                .map_err(ParseTimestampError),
        }
    }

    /// Returns whether this is [`Timestamp::UNSET`], which servers send for "never".
    #[must_use]
    pub fn is_unset(self) -> bool {
        self == Self::UNSET
    }

    /// Creates a timestamp from milliseconds since 1970-01-01T00:00:00Z, clamped to the supported range.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Self {
        match UtcDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000) {
            Ok(instant) => Self::nearest(instant),
            Err(_) if millis < 0 => Self::UNSET,
            Err(_) => Self::MAX,
        }
    }

    /// Returns whole milliseconds since 1970-01-01T00:00:00Z, rounded down; negative before.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0.unix_timestamp() * 1000 + self.0.millisecond() as i64
    }

    /// Adds a duration; returns [`MAX`](Self::MAX) if the result would be later.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        match time::Duration::try_from(duration) {
            Ok(duration) => Self::nearest(self.0.saturating_add(duration)),
            Err(_) => Self::MAX,
        }
    }

    /// Subtracts a duration; returns [`UNSET`](Self::UNSET) if the result would be earlier.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        match time::Duration::try_from(duration) {
            Ok(duration) => Self::nearest(self.0.saturating_sub(duration)),
            Err(_) => Self::UNSET,
        }
    }

    /// Returns the time since `earlier`; `None` when `earlier` is later.
    #[must_use]
    #[allow(clippy::arithmetic_side_effects)] // Both are within ten thousand years, so their difference always is.
    pub fn checked_duration_since(self, earlier: Self) -> Option<Duration> {
        Duration::try_from(self.0 - earlier.0).ok()
    }

    /// Returns the time since `earlier`; zero when `earlier` is later.
    #[must_use]
    pub fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.checked_duration_since(earlier).unwrap_or_default()
    }

    /// Converts to the type of the `time` crate, in UTC.
    #[must_use]
    pub fn as_offset_date_time(self) -> OffsetDateTime {
        self.0.into()
    }

    fn nearest(instant: UtcDateTime) -> Self {
        Self(instant).clamp(Self::UNSET, Self::MAX)
    }
}

/// Clamps an instant outside of the years 1 to 9999.
impl From<OffsetDateTime> for Timestamp {
    fn from(instant: OffsetDateTime) -> Self {
        match instant.checked_to_utc() {
            Some(instant) => Self::nearest(instant),
            None if instant.year() < FIRST_YEAR => Self::UNSET,
            None => Self::MAX,
        }
    }
}

impl From<Timestamp> for OffsetDateTime {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.as_offset_date_time()
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;
    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        Self::parse(text)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(TimestampText::new(self.0, 0).as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(TimestampText::new(self.0, 0).as_str())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl<'de> Visitor<'de> for TimestampVisitor {
    type Value = Timestamp;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date and time")
    }
    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        Timestamp::parse(text).map_err(|error| invalid_value(error.text(), &self))
    }
    refuse!(boolean integer fraction bytes null array object);
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    // M20
    #[test]
    fn the_year_1_means_unset_and_arithmetic_on_it_saturates() {
        let unset = parsed("0001-01-01T00:00:00Z");
        assert!(unset.is_unset() && unset == Timestamp::UNSET);
        assert_eq!(unset.to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(unset.saturating_sub(Duration::from_secs(1)), unset);
        assert_eq!(unset.saturating_sub(Duration::MAX), unset);
        assert_eq!(unset.saturating_add(Duration::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.saturating_sub(Duration::MAX), unset);
        assert_eq!(
            unset.saturating_add(Duration::from_secs(3600)).to_string(),
            "0001-01-01T01:00:00Z"
        );
        assert!(!parsed("0001-01-01T00:00:00.000000001Z").is_unset());
        assert_eq!(
            Timestamp::MAX.saturating_add(Duration::from_nanos(1)),
            Timestamp::MAX
        );
    }

    // M24
    #[test]
    fn an_error_does_not_repeat_the_text() {
        for text in [r#""hunter2""#, "1637581169797", "16.5", "null", "{}"] {
            let error = serde_json::from_str::<Timestamp>(text)
                .expect_err(text)
                .to_string();
            assert!(
                !error.contains("hunter2") && !error.contains("16"),
                "{error}"
            );
        }
    }

    #[test]
    fn unix_milliseconds_round_down_and_saturate() {
        assert_eq!(parsed("1970-01-01T00:00:00.001999Z").unix_millis(), 1);
        assert_eq!(parsed("1969-12-31T23:59:59.999001Z").unix_millis(), -1);
        assert_eq!(
            Timestamp::from_unix_millis(-1).to_string(),
            "1969-12-31T23:59:59.999Z"
        );
        assert_eq!(Timestamp::from_unix_millis(i64::MIN), Timestamp::UNSET);
        assert_eq!(Timestamp::from_unix_millis(i64::MAX), Timestamp::MAX);
        let unset = Timestamp::from_unix_millis(Timestamp::UNSET.unix_millis());
        assert_eq!(unset, Timestamp::UNSET);
    }

    #[test]
    fn a_difference_is_exact_and_never_negative() {
        let whole = Timestamp::MAX
            .checked_duration_since(Timestamp::UNSET)
            .expect("later");
        assert_eq!(Timestamp::UNSET.saturating_add(whole), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.saturating_sub(whole), Timestamp::UNSET);
        assert_eq!(
            Timestamp::UNSET.checked_duration_since(Timestamp::MAX),
            None
        );
        assert_eq!(
            Timestamp::UNSET.saturating_duration_since(Timestamp::MAX),
            Duration::ZERO
        );
        let moment = parsed("2021-11-22T11:39:29.000000001Z");
        assert_eq!(moment.checked_duration_since(moment), Some(Duration::ZERO));
        let second = parsed("2021-11-22T11:39:29Z");
        assert_eq!(
            moment.checked_duration_since(second),
            Some(Duration::from_nanos(1))
        );
        assert_eq!(second.checked_duration_since(moment), None);
    }

    #[test]
    fn an_instant_of_the_time_crate_keeps_its_instant() {
        let instant = OffsetDateTime::from(parsed("2021-11-22T17:09:29+05:30"));
        assert_eq!(Timestamp::from(instant), parsed("2021-11-22T11:39:29Z"));
        let before = OffsetDateTime::from_unix_timestamp(-70_000_000_000).expect("in year -249");
        assert_eq!(Timestamp::from(before), Timestamp::UNSET);
    }

    #[test]
    fn an_instant_whose_utc_has_no_date_becomes_the_nearest_one() {
        let at = |date, time, hours| {
            let offset = time::UtcOffset::from_hms(hours, 0, 0).expect("an offset");
            OffsetDateTime::new_in_offset(date, time, offset)
        };
        let last = at(Date::MAX, Time::MAX, -1);
        assert_eq!(Timestamp::from(last), Timestamp::MAX);
        let first = at(Date::MIN, Time::MIDNIGHT, 1);
        assert_eq!(Timestamp::from(first), Timestamp::UNSET);
    }

    #[test]
    fn text_is_padded_and_debug_is_readable() {
        let timestamp = parsed("2021-11-22T11:39:29Z");
        let shown = format!("{timestamp:>22}|{timestamp:?}");
        assert_eq!(shown, "  2021-11-22T11:39:29Z|2021-11-22T11:39:29Z");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            millis in -62_135_596_800_000_i64..=253_402_300_799_999,
            nanos in 0..1_000_000_u64,
        ) {
            let timestamp = Timestamp::from_unix_millis(millis).saturating_add(Duration::from_nanos(nanos));
            prop_assert_eq!(parsed(&timestamp.to_string()), timestamp);
            prop_assert_eq!(parsed(&timestamp.milliseconds().to_string()), timestamp);
            let json = serde_json::to_string(&timestamp).expect("writes");
            prop_assert_eq!(json, format!("\"{timestamp}\""));
        }
    }
}
