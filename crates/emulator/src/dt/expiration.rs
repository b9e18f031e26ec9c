//! When a new token expires, out of the words of the request.
//!
//! Three forms (source: docs.dynatrace.com, "ActiveGate tokens API - POST a token"): UTC milliseconds; a date and time
//! with `T` or a space, where seconds, fraction and zone may be missing; `now±NU[/A]` with the units m, h, d, w, M, y,
//! rounded down to a whole unit `A`. The result must not be in the past, nor more than two years ahead.

use models::Timestamp;
use time::{Date, Duration, Month, OffsetDateTime, Time};

#[derive(Clone, Copy)]
enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// The absolute time, or what is wrong with the words; never the words themselves.
pub(crate) fn resolve(text: &str, now: Timestamp) -> Result<Timestamp, &'static str> {
    const GRAMMAR: &str =
        "must be UTC milliseconds, a date and time, or a relative time such as now+14d";
    let end = if let Some(relative) = text.strip_prefix("now") {
        self::relative(relative, now)
    } else if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok().map(Timestamp::from_unix_millis)
    } else {
        absolute(text)
    };
    let end = end.ok_or(GRAMMAR)?;
    let latest = shifted(now.as_offset_date_time(), 2, Unit::Year).map(Timestamp::from);
    if end < now {
        return Err("must not be in the past");
    }
    if latest.is_some_and(|latest| end > latest) {
        return Err("must not be more than two years ahead");
    }
    Ok(end)
}

/// Completes what may be missing and reads it as RFC 3339.
fn absolute(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once(['T', ' '])?;
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at_checked(zone_at)?;
    let seconds = if time.len() == "00:00".len() {
        ":00"
    } else {
        ""
    };
    let zone = if zone.is_empty() { "Z" } else { zone };
    Timestamp::parse(&format!("{date}T{time}{seconds}{zone}")).ok()
}

/// What follows `now`: `±NU`, then perhaps `/A`.
fn relative(text: &str, now: Timestamp) -> Option<Timestamp> {
    let (shift, alignment) = match text.split_once('/') {
        Some((shift, alignment)) => (shift, Some(alignment)),
        None => (text, None),
    };
    let mut time = now.as_offset_date_time();
    if !shift.is_empty() {
        let (sign, rest) = match shift.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        time = shifted(
            time,
            sign * i64::from(number.parse::<u32>().ok()?),
            unit_of(unit)?,
        )?;
    }
    if let Some(alignment) = alignment {
        time = aligned(time, unit_of(alignment)?)?;
    }
    Some(time.into())
}

fn unit_of(text: &str) -> Option<Unit> {
    Some(match text {
        "m" => Unit::Minute,
        "h" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        "M" => Unit::Month,
        "y" => Unit::Year,
        _ => return None,
    })
}

/// None beyond the calendar's end.
fn shifted(time: OffsetDateTime, number: i64, unit: Unit) -> Option<OffsetDateTime> {
    match unit {
        Unit::Minute => time.checked_add(Duration::seconds(number.checked_mul(60)?)),
        Unit::Hour => time.checked_add(Duration::seconds(number.checked_mul(3600)?)),
        Unit::Day => time.checked_add(Duration::seconds(number.checked_mul(86_400)?)),
        Unit::Week => time.checked_add(Duration::seconds(number.checked_mul(604_800)?)),
        Unit::Month => by_months(time, number),
        Unit::Year => by_months(time, number.checked_mul(12)?),
    }
}

/// The same day of another month, or its last day where it is shorter.
fn by_months(time: OffsetDateTime, number: i64) -> Option<OffsetDateTime> {
    let months = i64::from(time.year()) * 12 + i64::from(u8::from(time.month())) - 1;
    let months = months.checked_add(number)?;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    let day = time.day().min(month.length(year));
    Some(time.replace_date(Date::from_calendar_date(year, month, day).ok()?))
}

/// Rounded down to a whole unit; a week begins on Monday.
fn aligned(time: OffsetDateTime, unit: Unit) -> Option<OffsetDateTime> {
    let midnight = time.replace_time(Time::MIDNIGHT);
    match unit {
        Unit::Minute => time.replace_second(0).ok()?.replace_nanosecond(0).ok(),
        Unit::Hour => midnight.replace_hour(time.hour()).ok(),
        Unit::Day => Some(midnight),
        Unit::Week => {
            let days = midnight.weekday().number_days_from_monday();
            midnight.checked_sub(Duration::days(i64::from(days)))
        }
        Unit::Month => midnight.replace_day(1).ok(),
        Unit::Year => midnight.replace_ordinal(1).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const NOW: &str = "2026-01-21T10:20:30.456Z";

    fn resolved(text: &str) -> Result<String, &'static str> {
        resolve(text, NOW.parse().unwrap()).map(|end| end.to_string())
    }

    #[test]
    fn every_form_of_the_grammar_is_read() {
        for (text, end) in [
            ("1774000000000", "2026-03-20T09:46:40Z"),
            ("2027-01-25T05:57:01.123+01:00", "2027-01-25T04:57:01.123Z"),
            ("2027-01-25 05:57:01.5", "2027-01-25T05:57:01.5Z"),
            ("2027-01-25T05:57", "2027-01-25T05:57:00Z"),
            ("2027-01-25 05:57-02:00", "2027-01-25T07:57:00Z"),
            ("now", "2026-01-21T10:20:30.456Z"),
            ("now+5m", "2026-01-21T10:25:30.456Z"),
            ("now+14h", "2026-01-22T00:20:30.456Z"),
            ("now+14d", "2026-02-04T10:20:30.456Z"),
            ("now+2w", "2026-02-04T10:20:30.456Z"),
            ("now+13M", "2027-02-21T10:20:30.456Z"),
            ("now+2y", "2028-01-21T10:20:30.456Z"),
            ("now+1h/h", "2026-01-21T11:00:00Z"),
            ("now+1d/m", "2026-01-22T10:20:00Z"),
            ("now+1w/d", "2026-01-28T00:00:00Z"),
            ("now+1w/w", "2026-01-26T00:00:00Z"),
            ("now+1M/M", "2026-02-01T00:00:00Z"),
            ("now+1y/y", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(resolved(text).as_deref(), Ok(end), "{text}");
        }
    }

    #[test]
    fn a_shorter_month_ends_on_its_last_day() {
        let now = "2027-11-30T00:00:00Z".parse().unwrap();
        assert_eq!(
            resolve("now+3M", now).unwrap().to_string(),
            "2028-02-29T00:00:00Z"
        );
    }

    #[test]
    fn what_is_past_or_over_two_years_ahead_is_refused() {
        for text in [
            "now-1m",
            "now/d",
            "0",
            "2026-01-21T10:20:30.455Z",
            "1999-01-01 00:00",
        ] {
            assert_eq!(resolved(text), Err("must not be in the past"), "{text}");
        }
        for text in [
            "now+25M",
            "now+3y",
            "now+2y1",
            "2028-01-21T10:20:30.457Z",
            "9999999999999",
        ] {
            assert!(resolved(text).is_err(), "{text}");
        }
    }

    #[test]
    fn other_words_are_refused() {
        for text in [
            "",
            " ",
            "now+",
            "now+d",
            "now+1",
            "now+1s",
            "now+1D",
            "now+-1d",
            "now+1d/",
            "now+1d/x",
            "now*1d",
            "nowish",
            "tomorrow",
            "2027-01-25",
            "2027-01-25T",
            "2027-13-01T00:00Z",
            "2027-01-25T05",
            "-1",
            "now+99999999999d",
            "now+4294967295y",
            "now+\u{fc}",
            "\u{fc}\u{fc}T00:00",
            "99999999999999999999999",
            "2027-01-25T05:57\u{fc}",
        ] {
            assert!(resolved(text).is_err(), "{text:?}");
        }
    }
}
