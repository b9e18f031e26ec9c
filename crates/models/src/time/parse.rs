//! Parses timestamps.

use time::{Date, Duration, Month, Time, UtcDateTime};

use super::parse_error::Reason;
use super::range::{FIRST_YEAR, in_range};

/// Parses the two layouts that the vendors send, `YYYY-MM-DDTHH:MM:SSZ` and `YYYY-MM-DDTHH:MM:SS.sssZ`, in words of eight bytes.
///
/// `None` says only that the fast path does not apply.
#[inline]
pub(super) fn fixed_layout(text: &[u8]) -> Option<UtcDateTime> {
    const YEAR_MONTH: Layout = Layout::new(*b"0000-00-");
    const DAY_MINUTE: Layout = Layout::new(*b"00T00:00");
    const SECOND: Layout = Layout::new(*b"0:00:00Z");
    const SECOND_MILLI: Layout = Layout::new(*b":00.000Z");

    let last = u64::from_le_bytes(*text.last_chunk()?);
    let (year_month, rest) = text.split_first_chunk()?;
    let (year_month, wrong_month) = YEAR_MONTH.pairs(u64::from_le_bytes(*year_month));
    let (day_minute, wrong_minute) = DAY_MINUTE.pairs(u64::from_le_bytes(*rest.first_chunk()?));
    let wrong = wrong_month | wrong_minute;
    let [century, _, year, _, _, month, _, _] = year_month;
    let [day, _, _, hour, _, _, minute, _] = day_minute;
    // Each layout goes to its end by itself: the checks behind a common branch cost every date seven instructions more.
    let time = match text.len() {
        20 => {
            let ([_, _, _, _, _, second, _, _], wrong_last) = SECOND.pairs(last);
            if wrong | wrong_last != 0 {
                return None;
            }
            Time::from_hms(hour, minute, second)
        }
        24 => {
            // The character before the first digit of the milliseconds counts as zero.
            let ([_, second, _, deci, _, milli, _, _], wrong_last) = SECOND_MILLI.pairs(last);
            if wrong | wrong_last != 0 {
                return None;
            }
            let milli = u16::from(deci) * 100 + u16::from(milli);
            Time::from_hms_milli(hour, minute, second, milli)
        }
        _ => return None,
    };
    let year = i32::from(century) * 100 + i32::from(year);
    (year >= FIRST_YEAR).then_some(instant(year, month, day, time.ok()?)?)
}

/// Eight characters, some of them digits, checked and read at once.
struct Layout {
    /// The characters, `0` for each digit, the first in the lowest byte.
    text: u64,
    /// For each character, the number to add so that an invalid one reaches the high bit: from 10 for a digit, from 1 for a separator.
    limit: u64,
}

impl Layout {
    #[allow(
        clippy::indexing_slicing,
        reason = "only constants are made, so an index out of bounds does not build"
    )]
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

    /// Returns for each position the number formed by its digit and the next, a separator counting as zero; and a word that is 0 if the
    /// text has this layout, so that all words of a text need a single branch.
    #[inline]
    fn pairs(&self, text: u64) -> ([u8; 8], u64) {
        // Equal separators come out as 0, digits as 0 to 9. A sum can run over into the next byte only where the high bit was set before.
        let digits = text ^ self.text;
        let wrong = (digits.wrapping_add(self.limit) | digits) & 0x8080_8080_8080_8080;
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
        (pairs.to_le_bytes(), wrong)
    }
}

/// Parses every form of RFC 3339, and the forms of ISO 8601 that differ from it in notation alone.
#[cold]
pub(super) fn general(text: &[u8]) -> Result<UtcDateTime, Reason> {
    let ([year, month, day], rest) = date(text).ok_or(Reason::Form)?;
    let rest = match rest {
        [] => return Err(Reason::TimeMissing),
        [b'T' | b't' | b' ', rest @ ..] => rest,
        _ => return Err(Reason::Form),
    };
    let (time, rest) = time_of_day(rest).ok_or(Reason::Form)?;
    let seconds_east = match rest {
        [] => return Err(Reason::OffsetMissing),
        _ => offset(rest).ok_or(Reason::Form)?,
    };

    let is_leap_second = time.second == 60;
    let (second, nanos) = match is_leap_second {
        true => (59, 999_999_999),
        false => (time.second, time.nanos),
    };
    let local = Time::from_hms_nano(time.hour, time.minute, second, nanos)
        .ok()
        .and_then(|time| {
            instant(
                year.into(),
                u8::try_from(month).ok()?,
                u8::try_from(day).ok()?,
                time,
            )
        })
        .ok_or(Reason::Nonexistent)?;
    let seconds_east = seconds_east.ok_or(Reason::Nonexistent)?;
    let utc = local
        .checked_sub(Duration::seconds(seconds_east))
        .ok_or(Reason::OutOfRange)?;
    if is_leap_second && (utc.hour(), utc.minute()) != (23, 59) {
        return Err(Reason::Nonexistent);
    }
    in_range(utc).ok_or(Reason::OutOfRange)
}

/// Parses year, month and day; returns the rest too.
fn date(text: &[u8]) -> Option<([u16; 3], &[u8])> {
    let (date, rest) = text.split_first_chunk()?;
    let [y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2] = *date else {
        return None;
    };
    let year = u16::from(two(y1, y2)?) * 100 + u16::from(two(y3, y4)?);
    Some(([year, two(mo1, mo2)?.into(), two(d1, d2)?.into()], rest))
}

/// A time of day as written, which need not exist.
struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
    nanos: u32,
}

/// Parses hour and minute, optionally second and fraction; returns the rest too.
fn time_of_day(text: &[u8]) -> Option<(TimeOfDay, &[u8])> {
    let (hour_minute, rest) = text.split_first_chunk()?;
    let [h1, h2, b':', m1, m2] = *hour_minute else {
        return None;
    };
    let (second, nanos, rest) = match rest {
        [b':', s1, s2, b'.' | b',', rest @ ..] => {
            let (nanos, rest) = fraction(rest)?;
            (two(*s1, *s2)?, nanos, rest)
        }
        [b':', s1, s2, rest @ ..] => (two(*s1, *s2)?, 0, rest),
        _ => (0, 0, rest),
    };
    let (hour, minute) = (two(h1, h2)?, two(m1, m2)?);
    Some((
        TimeOfDay {
            hour,
            minute,
            second,
            nanos,
        },
        rest,
    ))
}

/// Parses the leading digits, at least one, as nanoseconds; returns the rest too.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (digits, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let nanos = digits
        .iter()
        .chain([b'0'; 9].iter())
        .take(9)
        .fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'));
    (!digits.is_empty()).then_some((nanos, rest))
}

/// Parses an offset, with or without minutes and colon, in seconds; `Some(None)` if it does not exist.
fn offset(text: &[u8]) -> Option<Option<i64>> {
    let (sign, hours, minutes) = match *text {
        [b'Z' | b'z'] => return Some(Some(0)),
        [sign, h1, h2] => (sign, two(h1, h2)?, 0),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (sign, two(h1, h2)?, two(m1, m2)?),
        _ => return None,
    };
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let exists = hours < 24 && minutes < 60;
    Some(exists.then(|| sign * 60 * (i64::from(hours) * 60 + i64::from(minutes))))
}

/// Parses two digits.
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

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use proptest::prelude::*;

    use super::super::timestamp::Timestamp;
    use super::*;

    fn parsed(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    // M21
    #[test]
    fn every_way_to_write_an_instant_is_the_same_instant() {
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
            "2021-11-22T11:39:29.0000000000000000000000000000000Z",
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

    // M22
    #[test]
    fn more_fraction_digits_are_cut_and_never_carry() {
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

    // U19
    #[test]
    fn forms_of_iso_8601_that_can_mean_nothing_else_are_read() {
        for (text, instant) in [
            ("2021-11-22T11:39:29+0000", "2021-11-22T11:39:29Z"),
            ("2021-11-22T11:39:29+00", "2021-11-22T11:39:29Z"),
            ("2021-11-22 11:39:29Z", "2021-11-22T11:39:29Z"),
            ("2021-11-22T11:39:29-0000", "2021-11-22T11:39:29Z"),
            ("2021-11-22T11:39:29.797-0000", "2021-11-22T11:39:29.797Z"),
            ("2021-11-22T17:09:29+0530", "2021-11-22T11:39:29Z"),
            ("2021-11-22T06:39:29-05", "2021-11-22T11:39:29Z"),
            ("2021-11-22 12:39:29.5+01", "2021-11-22T11:39:29.5Z"),
            ("2021-11-22 11:39:29z", "2021-11-22T11:39:29Z"),
            ("2021-11-22T11:39:29,797Z", "2021-11-22T11:39:29.797Z"),
            ("2021-11-22T11:39Z", "2021-11-22T11:39:00Z"),
            ("2021-11-22 12:39+0100", "2021-11-22T11:39:00Z"),
            ("2021-11-22T06:39-05", "2021-11-22T11:39:00Z"),
        ] {
            assert_eq!(parsed(text).to_string(), instant, "{text}");
        }
    }

    // U19
    #[test]
    fn a_leap_second_is_the_last_nanosecond_of_its_minute() {
        for (text, instant) in [
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999999Z"),
            ("2016-12-31T23:59:60.000Z", "2016-12-31T23:59:59.999999999Z"),
            ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.999999999Z"),
            ("2021-11-22 23:59:60+0000", "2021-11-22T23:59:59.999999999Z"),
            (
                "2017-01-01T05:29:60+05:30",
                "2016-12-31T23:59:59.999999999Z",
            ),
            ("2016-12-31T15:59:60-08", "2016-12-31T23:59:59.999999999Z"),
            ("9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(parsed(text).to_string(), instant, "{text}");
        }
        // A leap second is inserted at the end of a day in UTC, all over the world at once, and never two of them.
        for text in [
            "2016-12-31T23:59:61Z",
            "2016-12-31T12:00:60Z",
            "2016-12-31T23:58:60Z",
            "2016-12-31T23:59:60+01:00",
            "2016-12-31T24:59:60Z",
            "2016-12-32T23:59:60Z",
        ] {
            assert_eq!(problem(text), Reason::Nonexistent, "{text}");
        }
    }

    fn problem(text: &str) -> Reason {
        Timestamp::parse(text).expect_err(text).0
    }

    // U19
    #[test]
    fn an_error_says_what_is_missing_or_wrong() {
        for text in [
            "2021-01-01T00:00:00",
            "2021-01-01T00:00:00.000",
            "2021-01-01T00:00:00,5",
            "2021-01-01 00:00:00",
            "2021-01-01t23:59:60",
            "2021-01-01T00:00",
        ] {
            assert_eq!(problem(text), Reason::OffsetMissing, "{text}");
        }
        let missing = Timestamp::parse("2021-01-01T00:00:00").expect_err("no offset");
        assert_eq!(
            missing.to_string(),
            "the offset from UTC is missing: Z, or one such as +01:00"
        );
        assert_eq!(problem("2021-01-01"), Reason::TimeMissing);
        let missing = Timestamp::parse("2021-01-01").expect_err("a date alone");
        assert_eq!(
            missing.to_string(),
            "the time of day and the offset from UTC are missing, as in 2026-11-21T20:48:09Z"
        );
    }

    // M24
    #[test]
    fn text_that_is_not_a_time_is_refused() {
        for (text, expected) in [
            ("0001-01-01T00:00:00+00:01", Reason::OutOfRange),
            ("9999-12-31T23:59:59-00:01", Reason::OutOfRange),
            ("0000-01-01T00:00:00Z", Reason::OutOfRange),
            ("0000-00-00T00:00:00Z", Reason::Nonexistent),
            ("2021-02-29T00:00:00Z", Reason::Nonexistent),
            ("2021-02-29T00:00:00.000Z", Reason::Nonexistent),
            ("2021-13-01T00:00:00Z", Reason::Nonexistent),
            ("2021-01-01T24:00:00Z", Reason::Nonexistent),
            ("2021-01-01T23:60:00Z", Reason::Nonexistent),
            ("2021-01-01T00:00:00+24:00", Reason::Nonexistent),
            ("2021-01-01T00:00:00+2400", Reason::Nonexistent),
            ("2021-01-01T00:00:00+24", Reason::Nonexistent),
            ("2021-01-01T00:00:00+00:60", Reason::Nonexistent),
            ("2021-01-01T00:00:00-0099", Reason::Nonexistent),
            ("0000-00-00", Reason::TimeMissing),
        ] {
            assert_eq!(problem(text), expected, "{text}");
        }
        for text in [
            "10000-01-01T00:00:00Z",
            "+10000-01-01T00:00:00Z",
            "21-01-01T00:00:00Z",
            "2021-001T00:00:00Z",
            "2021-W01-1T00:00:00Z",
            "20210101T000000Z",
            "2021-1-1T00:00:00Z",
            "2021/01/01T00:00:00Z",
            "2021-01-01T00:00:00.Z",
            "2021-01-01T00:00:00.",
            "2021-01-01T00:00:00.00aZ",
            "2021-01-01T00:00.5Z",
            "2021-01-01T00:00:Z",
            "2021-01-01T00:00:0Z",
            "2021-01-01T00Z",
            "2021-01-01T00:00:00+1:00",
            "2021-01-01T00:00:00+1",
            "2021-01-01T00:00:00+100",
            "2021-01-01T00:00:00+01:0",
            "2021-01-01T00:00:00+01:",
            "2021-01-01T00:00:00+01:00:00",
            "2021-01-01T00:00:00 +01:00",
            "2021-01-01T00:00:00 Z",
            "2021-01-01T00:00:00Z+00:00",
            "2021-01-01T00:00:00\u{2212}00:00",
            "2021-01-01T00:00:00ZZ",
            "2021-01-01T00:00:00Z ",
            "2021-01-01T00:00:00Z\n",
            "2021-01-01T00:00:00 ",
            "2021-01-01  00:00:00Z",
            "2021-01-01\t00:00:00Z",
            "2021-01-01_00:00:00Z",
            "2021-01-01T",
            "2021-01-01 ",
            "2021-01-01Z",
            "",
            "Z",
            "1637581169797",
            "1637581169797000000000Z",
            "20210101",
            " 2021-01-01T00:00:00Z",
            "\u{662}021-01-01T00:00:00Z",
        ] {
            assert_eq!(problem(text), Reason::Form, "{text}");
        }
        assert_eq!(
            parsed("0000-12-31T23:59:00-00:01"),
            Timestamp::UNSET,
            "year 1 in UTC"
        );
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
                    let (fast, general) = (fixed_layout(&text), general(&text).ok());
                    let is_for_general = matches!(byte, b't' | b'z' | b' ' | b',');
                    assert!(
                        fast == general || is_for_general && fast.is_none(),
                        "{byte} at {at}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "[0-9TtZz:+., -]{0,40}|\\PC{0,40}|2021-1[0-3]-[0-3]1[Tt ]2[0-4]:[0-6]9(:[56][0-9])?([.,][0-9]{0,12})?(Z|[+-][0-2][0-9](:?[0-6]0)?)?") {
            if let Ok(timestamp) = Timestamp::parse(&text) {
                prop_assert_eq!(Timestamp::parse(&timestamp.to_string()), Ok(timestamp));
            }
        }
    }
}
