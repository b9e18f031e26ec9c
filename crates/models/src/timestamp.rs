//! Points in time, as the vendors write them.

use core::{fmt, str::FromStr};

use serde_core::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcDateTime};

use crate::de::refuse;

/// A point in time in UTC, from year 1 to year 9999, exact to the nanosecond.
///
/// Read from RFC 3339 text with any offset and any number of fraction digits (those after the ninth are cut off), written in UTC with `Z`
/// and no more fraction digits than needed. Equality and order are those of the instants.
///
/// ```
/// use gatelet_models::Timestamp;
///
/// let created = Timestamp::parse("2021-11-22T12:39:29.797+01:00")?;
/// assert_eq!(created.to_string(), "2021-11-22T11:39:29.797Z");
/// assert_eq!(created.unix_millis(), 1_637_581_169_797);
/// assert!(Timestamp::parse("0001-01-01T00:00:00Z")?.is_unset());
/// # Ok::<(), gatelet_models::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(UtcDateTime);

/// A date known to exist, for constants.
const fn date(year: i32, day_of_year: u16) -> Date {
    match Date::from_ordinal_date(year, day_of_year) {
        Ok(date) => date,
        Err(_) => Date::MIN,
    }
}

const FIRST_YEAR: i32 = 1;
const LAST_YEAR: i32 = 9999;

impl Timestamp {
    /// `0001-01-01T00:00:00Z`: what Go servers send for a time that was never set; also the first instant that can be held.
    pub const UNSET: Self = Self(UtcDateTime::new(date(FIRST_YEAR, 1), Time::MIDNIGHT));

    /// `9999-12-31T23:59:59.999999999Z`, the last instant that can be held.
    pub const MAX: Self = Self(UtcDateTime::new(date(LAST_YEAR, 365), Time::MAX));

    /// Reads RFC 3339 text. `T` and `Z` may be lower case; a leap second (`:60`) is refused.
    ///
    /// # Errors
    /// When the text has another form, the date or time of day does not exist, or the instant is outside of the years 1 to 9999 in UTC.
    #[inline]
    pub fn parse(text: &str) -> Result<Self, ParseTimestampError> {
        match fixed_layout(text.as_bytes()) {
            Some(timestamp) => Ok(timestamp),
            None => rfc3339(text.as_bytes()).ok_or(ParseTimestampError(())),
        }
    }

    /// Whether the server means "never": the instant is [`Timestamp::UNSET`].
    #[must_use]
    pub fn is_unset(self) -> bool {
        self == Self::UNSET
    }

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z; the nearest one held when it is out of range.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Self {
        match UtcDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000) {
            Ok(instant) => Self::nearest(instant),
            Err(_) if millis < 0 => Self::UNSET,
            Err(_) => Self::MAX,
        }
    }

    /// Whole milliseconds since 1970-01-01T00:00:00Z, rounded down; negative before.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0.unix_timestamp() * 1000 + self.0.millisecond() as i64
    }

    /// The instant later by `duration`, or the last one that can be held.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self::nearest(self.0.saturating_add(duration))
    }

    /// The instant earlier by `duration`, or the first one that can be held.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self::nearest(self.0.saturating_sub(duration))
    }

    /// The same instant in the type of the `time` crate, in UTC.
    #[must_use]
    pub fn as_offset_date_time(self) -> OffsetDateTime {
        self.0.into()
    }

    /// The same instant, written with three fraction digits at least, as Dynatrace documents its dates.
    #[must_use]
    pub const fn milliseconds(self) -> Milliseconds {
        Milliseconds(self)
    }

    fn nearest(instant: UtcDateTime) -> Self {
        Self(instant).clamp(Self::UNSET, Self::MAX)
    }

    /// The instant, if it can be held.
    fn held(instant: UtcDateTime) -> Option<Self> {
        (FIRST_YEAR..=LAST_YEAR)
            .contains(&instant.year())
            .then_some(Self(instant))
    }
}

/// An instant outside of the years 1 to 9999 becomes the nearest one held.
impl From<OffsetDateTime> for Timestamp {
    fn from(instant: OffsetDateTime) -> Self {
        Self::nearest(instant.into())
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

/// The text is no RFC 3339 date and time with an offset, or names an instant outside of the years 1 to 9999.
///
/// It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTimestampError(());

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date and time such as 2026-11-21T20:48:09Z (RFC 3339, with an offset, years 1 to 9999)")
    }
}

impl core::error::Error for ParseTimestampError {}

/// Reads the two layouts that the vendors send, `YYYY-MM-DDTHH:MM:SSZ` and `YYYY-MM-DDTHH:MM:SS.sssZ`, in words of eight bytes.
///
/// `None` says only that this text is not for the fast path.
#[inline]
fn fixed_layout(text: &[u8]) -> Option<Timestamp> {
    const YEAR_MONTH: Layout = Layout::new(*b"0000-00-");
    const DAY_MINUTE: Layout = Layout::new(*b"00T00:00");
    const SECOND_MILLI: Layout = Layout::new(*b":00.000Z");

    let (year_month, rest) = text.split_first_chunk()?;
    let (day_minute, rest) = rest.split_first_chunk()?;
    let second_milli = match rest.len() {
        8 => u64::from_le_bytes(rest.try_into().ok()?),
        4 => {
            let second = u64::from(u32::from_le_bytes(rest.try_into().ok()?));
            second & 0x00ff_ffff | u64::from_le_bytes(*b"\0\0\0.000\0") | (second >> 24) << 56
        }
        _ => return None,
    };
    let [century, _, year, _, _, month, _, _] =
        YEAR_MONTH.pairs(u64::from_le_bytes(*year_month))?;
    let [day, _, _, hour, _, _, minute, _] = DAY_MINUTE.pairs(u64::from_le_bytes(*day_minute))?;
    let [_, second, _, _, centi, _, milli, _] = SECOND_MILLI.pairs(second_milli)?;
    // The last digit makes a pair with what was `Z` and counts as nought: ten times the digit.
    let milli = u16::from(centi) * 10 + u16::from(milli) / 10;
    let time = Time::from_hms_milli(hour, minute, second, milli).ok()?;
    let year = i32::from(century) * 100 + i32::from(year);
    (year >= FIRST_YEAR).then_some(Timestamp(instant(year, month, day, time)?))
}

/// Eight characters of which some are digits, all checked and read at once.
struct Layout {
    /// The characters, `0` for every digit, the first one in the lowest byte.
    text: u64,
    /// For every character what has to be added to reach the high bit: from 10 on for a digit, from 1 on for a separator.
    limit: u64,
}

impl Layout {
    const fn new(text: [u8; 8]) -> Self {
        let mut limit = [0x7f; 8];
        let mut at = 0;
        while at < 8 {
            if text[at] == b'0' {
                limit[at] = 0x76;
            }
            at += 1;
        }
        Self {
            text: u64::from_le_bytes(text),
            limit: u64::from_le_bytes(limit),
        }
    }

    /// For every position the number made of the digit there and the next one; a separator counts as nought.
    #[inline]
    fn pairs(&self, text: u64) -> Option<[u8; 8]> {
        // Equal separators come out as 0, digits as 0 to 9. A sum can run over into the next byte only where the high bit was set before.
        let digits = text ^ self.text;
        let wrong = (digits.wrapping_add(self.limit) | digits) & 0x8080_8080_8080_8080;
        (wrong == 0).then(|| (digits * 10 + (digits >> 8)).to_le_bytes())
    }
}

/// Reads every form of RFC 3339.
#[cold]
fn rfc3339(text: &[u8]) -> Option<Timestamp> {
    let (date_time, rest) = text.split_first_chunk()?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T' | b't',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
    ] = *date_time
    else {
        return None;
    };
    let (nanos, rest) = match rest {
        [b'.', rest @ ..] => fraction(rest)?,
        _ => (0, rest),
    };
    let east = match *rest {
        [b'Z' | b'z'] => Duration::ZERO,
        [b'+', h1, h2, b':', m1, m2] => offset(two(h1, h2)?, two(m1, m2)?)?,
        [b'-', h1, h2, b':', m1, m2] => -offset(two(h1, h2)?, two(m1, m2)?)?,
        _ => return None,
    };
    let year = i32::from(two(y1, y2)?) * 100 + i32::from(two(y3, y4)?);
    let time = Time::from_hms_nano(two(h1, h2)?, two(mi1, mi2)?, two(s1, s2)?, nanos).ok()?;
    let local = instant(year, two(mo1, mo2)?, two(d1, d2)?, time)?;
    Timestamp::held(local.checked_sub(east)?)
}

/// The nanoseconds of the digits in front, of which there is one at least, and what stands behind them.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = text.split_at_checked(end)?;
    let nanos = digits
        .iter()
        .chain([b'0'; 9].iter())
        .take(9)
        .fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'));
    (end > 0).then_some((nanos, rest))
}

fn offset(hours: u8, minutes: u8) -> Option<Duration> {
    (hours < 24 && minutes < 60)
        .then(|| Duration::minutes(i64::from(hours) * 60 + i64::from(minutes)))
}

/// The number of two digits.
fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

#[inline]
fn instant(year: i32, month: u8, day: u8, time: Time) -> Option<UtcDateTime> {
    let month = Month::try_from(month).ok()?;
    Some(UtcDateTime::new(
        Date::from_calendar_date(year, month, day).ok()?,
        time,
    ))
}

/// A [`Timestamp`] that is written with three fraction digits at least, and more only when it is finer than a millisecond.
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

/// The text of a timestamp, without an allocation.
struct Text {
    bytes: [u8; Text::CAPACITY],
    length: usize,
}

impl Text {
    const CAPACITY: usize = "2026-11-21T20:48:09.123456789Z".len();

    /// Writes the timestamp with so many fraction digits at least.
    fn new(timestamp: Timestamp, fraction_digits: usize) -> Self {
        let mut text = Self {
            bytes: [0; Self::CAPACITY],
            length: 0,
        };
        let (date, time) = (timestamp.0.date(), timestamp.0.time());
        let (year, month, day) = date.to_calendar_date();
        text.number(year.unsigned_abs(), 4, b'-');
        text.number(u8::from(month).into(), 2, b'-');
        text.number(day.into(), 2, b'T');
        text.number(time.hour().into(), 2, b':');
        text.number(time.minute().into(), 2, b':');
        text.number(time.second().into(), 2, b'.');
        text.number(time.nanosecond(), 9, b'Z');
        text.cut_fraction(fraction_digits);
        text
    }

    /// Writes a number, with leading noughts, and the character behind it.
    fn number(&mut self, number: u32, width: usize, behind: u8) {
        let mut rest = number;
        let place = self.bytes.iter_mut().skip(self.length).take(width);
        for byte in place.rev() {
            *byte = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.length += width;
        self.push(behind);
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Takes noughts off the end of the nine fraction digits, and the point too if none is left.
    fn cut_fraction(&mut self, least: usize) {
        let fraction = &self.bytes[Self::CAPACITY - 10..Self::CAPACITY - 1];
        let digits = fraction
            .iter()
            .rposition(|digit| *digit != b'0')
            .map_or(0, |last| last + 1)
            .max(least);
        self.length = match digits {
            0 => Self::CAPACITY - 11,
            digits => Self::CAPACITY - 10 + digits,
        };
        self.push(b'Z');
    }

    fn as_str(&self) -> &str {
        self.bytes
            .get(..self.length)
            .and_then(|bytes| core::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Text::new(*self, 0).as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Text::new(*self, 0).as_str())
    }
}

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Text::new(self.0, 3).as_str())
    }
}

impl Serialize for Milliseconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Text::new(self.0, 3).as_str())
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
        Timestamp::parse(text).map_err(E::custom)
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

    #[test]
    fn m20_the_year_1_means_unset_and_arithmetic_on_it_saturates() {
        let unset = parsed("0001-01-01T00:00:00Z");
        assert!(unset.is_unset() && unset == Timestamp::UNSET);
        assert_eq!(unset.to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(unset.saturating_sub(Duration::SECOND), unset);
        assert_eq!(unset.saturating_sub(Duration::MAX), unset);
        assert_eq!(unset.saturating_add(Duration::MIN), unset);
        assert_eq!(unset.saturating_add(Duration::MAX), Timestamp::MAX);
        assert_eq!(
            unset.saturating_add(Duration::HOUR).to_string(),
            "0001-01-01T01:00:00Z"
        );
        assert!(!parsed("0001-01-01T00:00:00.000000001Z").is_unset());
        assert_eq!(
            Timestamp::MAX.saturating_add(Duration::NANOSECOND),
            Timestamp::MAX
        );
    }

    #[test]
    fn m21_every_way_to_write_an_instant_is_the_same_instant() {
        let instant = parsed("2021-11-22T11:39:29Z");
        for same in [
            "2021-11-22t11:39:29z",
            "2021-11-22T11:39:29+00:00",
            "2021-11-22T11:39:29-00:00",
            "2021-11-22T17:09:29+05:30",
            "2021-11-22T06:54:29.000-04:45",
            "2021-11-23T11:38:29+23:59",
            "2021-11-22T11:39:29.0Z",
            "2021-11-22T11:39:29.000Z",
            "2021-11-22T11:39:29.000000000Z",
        ] {
            assert_eq!(parsed(same), instant, "{same}");
            assert_eq!(parsed(same).to_string(), "2021-11-22T11:39:29Z");
            assert_eq!(
                parsed(same).milliseconds().to_string(),
                "2021-11-22T11:39:29.000Z"
            );
        }
        assert!(parsed("2021-11-22T17:09:29.000000001+05:30") > instant);
    }

    #[test]
    fn m21_up_to_nine_fraction_digits_are_kept() {
        for digits in 1..=9 {
            let fraction = &"123456789"[..digits];
            let timestamp = parsed(&format!("2021-11-22T11:39:29.{fraction}Z"));
            assert_eq!(
                timestamp.to_string(),
                format!("2021-11-22T11:39:29.{fraction}Z")
            );
            let three_at_least = format!("2021-11-22T11:39:29.{fraction:0<3}Z");
            assert_eq!(timestamp.milliseconds().to_string(), three_at_least);
        }
    }

    #[test]
    fn m22_more_fraction_digits_are_cut_and_never_carry() {
        for digits in 10..=30 {
            let nines = parsed(&format!("2021-12-31T23:59:59.{:9<digits$}Z", ""));
            assert_eq!(nines.to_string(), "2021-12-31T23:59:59.999999999Z");
        }
        assert_eq!(parsed("9999-12-31T23:59:59.9999999999Z"), Timestamp::MAX);
        assert_eq!(
            parsed("2021-11-22T11:39:29.0000000009Z").to_string(),
            "2021-11-22T11:39:29Z"
        );
    }

    #[test]
    fn m24_what_is_no_time_is_refused() {
        for text in [
            "10000-01-01T00:00:00Z",
            "+10000-01-01T00:00:00Z",
            "0000-00-00",
            "0000-00-00T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2021-02-29T00:00:00Z",
            "2021-02-29T00:00:00.000Z",
            "2021-13-01T00:00:00Z",
            "2021-01-01T24:00:00Z",
            "2021-01-01T23:60:00Z",
            "2021-01-01T23:59:60Z",
            "2021-01-01T00:00:00",
            "2021-01-01T00:00:00.000",
            "2021-01-01T00:00:00.Z",
            "2021-01-01T00:00:00,000Z",
            "2021-01-01T00:00:00.00aZ",
            "2021-01-01 00:00:00Z",
            "2021-01-01T00:00Z",
            "2021-01-01",
            "",
            "Z",
            "1637581169797",
            "1637581169797000000000Z",
            "2021-01-01T00:00:00+24:00",
            "2021-01-01T00:00:00+00:60",
            "2021-01-01T00:00:00+0000",
            "2021-01-01T00:00:00+00",
            "2021-01-01T00:00:00\u{2212}00:00",
            "2021-01-01T00:00:00ZZ",
            " 2021-01-01T00:00:00Z",
            "\u{662}021-01-01T00:00:00Z",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(
                Timestamp::parse(text),
                Err(ParseTimestampError(())),
                "{text}"
            );
        }
        assert_eq!(
            parsed("0000-12-31T23:59:00-00:01"),
            Timestamp::UNSET,
            "year 1 in UTC"
        );
    }

    #[test]
    fn m24_an_error_does_not_repeat_the_text() {
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

    /// Every text that differs in one byte from one that the fast path takes.
    #[test]
    fn the_fast_path_takes_what_the_general_parser_takes() {
        for text in ["2020-02-29T23:59:59Z", "1999-12-09T09:08:07.650Z"] {
            assert!(fixed_layout(text.as_bytes()).is_some());
            for at in 0..text.len() {
                for byte in 0..=u8::MAX {
                    let mut text = text.as_bytes().to_vec();
                    text[at] = byte;
                    let (fast, general) = (fixed_layout(&text), rfc3339(&text));
                    let is_lower_case = matches!(byte, b't' | b'z');
                    assert!(
                        fast == general || is_lower_case && fast.is_none(),
                        "{byte} at {at}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_day_of_four_centuries_reads_and_writes() {
        let mut day = parsed("1999-12-31T12:34:56.789Z");
        while day < parsed("2400-01-02T00:00:00Z") {
            assert_eq!(fixed_layout(day.to_string().as_bytes()), Some(day));
            let next = day.saturating_add(Duration::DAY);
            assert_eq!(next.unix_millis() - day.unix_millis(), 86_400_000);
            day = next;
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
    fn an_instant_of_the_time_crate_keeps_its_instant() {
        let instant = OffsetDateTime::from(parsed("2021-11-22T17:09:29+05:30"));
        assert_eq!(Timestamp::from(instant), parsed("2021-11-22T11:39:29Z"));
        let before = OffsetDateTime::from_unix_timestamp(-70_000_000_000).expect("in year -249");
        assert_eq!(Timestamp::from(before), Timestamp::UNSET);
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
            nanos in 0..1_000_000_i64,
        ) {
            let timestamp = Timestamp::from_unix_millis(millis).saturating_add(Duration::nanoseconds(nanos));
            prop_assert_eq!(parsed(&timestamp.to_string()), timestamp);
            prop_assert_eq!(parsed(&timestamp.milliseconds().to_string()), timestamp);
            let json = serde_json::to_string(&timestamp).expect("writes");
            prop_assert_eq!(json, format!("\"{timestamp}\""));
        }

        #[test]
        fn no_text_breaks_the_parser(text in "[0-9TtZz:+.-]{0,40}|\\PC{0,40}") {
            if let Ok(timestamp) = Timestamp::parse(&text) {
                prop_assert_eq!(Timestamp::parse(&timestamp.to_string()), Ok(timestamp));
            }
        }
    }
}
