//! Parses the delays that servers request in header fields.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, header};

use crate::wire::field::members;

/// The maximum plausible distance of a time of unknown unit.
const BELIEVED_BY_MAGNITUDE: Duration = Duration::from_secs(10 * 60);

/// The maximum plausible distance of a time in seconds; hourly quotas are usual.
const BELIEVED_IN_SECONDS: Duration = Duration::from_secs(2 * 60 * 60);

/// The maximum delay. Servers may send more than can be added to a time.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Parses `Retry-After`, in seconds or as an HTTP date. A past date is no delay, and delays are limited to a year. The
/// longest of several values counts; unreadable ones are ignored.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use http::{HeaderMap, HeaderValue, header};
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::RETRY_AFTER, HeaderValue::from_static("7"));
/// let delay = gatelet_transport::rate_limit::retry_after(&headers, SystemTime::UNIX_EPOCH);
/// assert_eq!(delay, Some(Duration::from_secs(7)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let seconds = members(headers, &header::RETRY_AFTER).filter_map(digits);
    let dates = dates(headers, &header::RETRY_AFTER).map(|date| until(date, now));
    let delay = seconds.map(Duration::from_secs).chain(dates).max()?;
    Some(delay.min(LONGEST))
}

/// Parses a Unix time in seconds, and returns the time from `now` until then. A time that has passed, or is more than
/// two hours ahead, is ignored. The latest of several values counts.
#[must_use]
pub fn reset_in_seconds(
    headers: &HeaderMap,
    name: &HeaderName,
    now: SystemTime,
) -> Option<Duration> {
    let moments = members(headers, name)
        .filter_map(digits)
        .map(Duration::from_secs);
    moments
        .filter_map(|moment| believed(moment, now, BELIEVED_IN_SECONDS))
        .max()
}

/// Parses a Unix time in seconds, milliseconds, microseconds or nanoseconds, distinguished by magnitude, and returns the
/// time from `now` until then. A time that has passed, or is more than ten minutes ahead, is ignored. The latest of
/// several values counts.
#[must_use]
pub fn reset_by_magnitude(
    headers: &HeaderMap,
    name: &HeaderName,
    now: SystemTime,
) -> Option<Duration> {
    let moments = members(headers, name).filter_map(digits).map(by_magnitude);
    moments
        .filter_map(|moment| believed(moment, now, BELIEVED_BY_MAGNITUDE))
        .max()
}

fn by_magnitude(number: u64) -> Duration {
    // The range of each unit covers the years 1973 to 5138, so they do not overlap.
    match number {
        0..100_000_000_000 => Duration::from_secs(number),
        100_000_000_000..100_000_000_000_000 => Duration::from_millis(number),
        100_000_000_000_000..100_000_000_000_000_000 => Duration::from_micros(number),
        _ => Duration::from_nanos(number),
    }
}

/// Parses the server's time from its `Date` field, to the second; `None` if several values disagree.
#[must_use]
pub fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    let mut dates = dates(headers, &header::DATE);
    let first = dates.next()?;
    dates.all(|date| date == first).then_some(first)
}

/// Returns the HTTP dates in a field, each of which may contain a comma.
fn dates(headers: &HeaderMap, name: &HeaderName) -> impl Iterator<Item = SystemTime> {
    let mut before: Option<&str> = None;
    members(headers, name).filter_map(move |member| {
        let weekday = before.replace(member);
        let whole = weekday.map(|weekday| format!("{weekday}, {member}"));
        let parse = |text: &str| httpdate::parse_http_date(text).ok();
        parse(member).or_else(|| parse(&whole?))
    })
}

fn digits(text: &str) -> Option<u64> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn until(moment: SystemTime, now: SystemTime) -> Duration {
    moment.duration_since(now).unwrap_or_default()
}

fn believed(since_epoch: Duration, now: SystemTime, farthest: Duration) -> Option<Duration> {
    let delay = until(UNIX_EPOCH.checked_add(since_epoch)?, now);
    (!delay.is_zero() && delay <= farthest).then_some(delay)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use http::{HeaderMap, HeaderName, HeaderValue, header};

    use super::{reset_by_magnitude, reset_in_seconds, retry_after, server_time};

    const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
    const NOW: u64 = 1_767_225_600;

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        on_lines(name, [value])
    }

    fn on_lines<const N: usize>(name: HeaderName, values: [&str; N]) -> HeaderMap {
        let value = |value| HeaderValue::from_str(value).unwrap();
        HeaderMap::from_iter(values.map(|line| (name.clone(), value(line))))
    }

    // T39
    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let read = |value: &str| retry_after(&with(header::RETRY_AFTER, value), now());
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(
            read("99999999999999999999999"),
            Some(Duration::from_secs(365 * 86_400)),
            "no more than can be added to any moment"
        );
        assert_eq!(
            read("Thu, 01 Jan 2026 00:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(read("Thu, 01 Jan 2015 00:00:30 GMT"), Some(Duration::ZERO));
        for odd in ["", "-1", "+1", "1.5", "soon", "1e3"] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now()), None);
    }

    // U11
    #[test]
    fn the_longest_readable_delay_on_several_lines_counts() {
        let read = |values: [&str; 2]| retry_after(&on_lines(header::RETRY_AFTER, values), now());
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let date = "Thu, 01 Jan 2026 00:00:30 GMT";
        assert_eq!(read(["2", "9"]), seconds(9));
        assert_eq!(read(["9", "2"]), seconds(9));
        assert_eq!(read(["x", "9"]), seconds(9));
        assert_eq!(read(["9", "x"]), seconds(9));
        assert_eq!(read(["2, x", "1,9"]), seconds(9));
        assert_eq!(read([date, "9"]), seconds(30));
        assert_eq!(read(["90", date]), seconds(90));
        assert_eq!(
            read(["9, Thu, 01 Jan 2026 00:00:30 GMT, x", ""]),
            seconds(30)
        );
        assert_eq!(
            read([
                "Thu Jan  1 00:00:30 2026",
                "Thursday, 01-Jan-26 00:00:40 GMT"
            ]),
            seconds(40)
        );
        assert_eq!(read(["x", "y"]), None);
    }

    #[test]
    fn the_latest_plausible_time_on_several_lines_counts() {
        let (near, far, absurd) = (
            (NOW + 30).to_string(),
            (NOW + 60).to_string(),
            u64::MAX.to_string(),
        );
        let micros = ((NOW + 90) * 1_000_000).to_string();
        let lines = on_lines(RESET, [near.as_str(), absurd.as_str(), "x", far.as_str()]);
        assert_eq!(
            reset_in_seconds(&lines, &RESET, now()),
            Some(Duration::from_secs(60))
        );
        let lines = on_lines(RESET, [micros.as_str(), "x", near.as_str()]);
        assert_eq!(
            reset_by_magnitude(&lines, &RESET, now()),
            Some(Duration::from_secs(90))
        );
    }

    // A33
    #[test]
    fn a_unix_time_in_seconds_becomes_a_delay() {
        let read = |value: u64| reset_in_seconds(&with(RESET, &value.to_string()), &RESET, now());
        assert_eq!(read(NOW + 30), Some(Duration::from_secs(30)));
        assert_eq!(read(NOW + 3600), Some(Duration::from_secs(3600)));
        for odd in [
            0,
            NOW,
            NOW - 1,
            NOW + 2 * 3600 + 1,
            (NOW + 30) * 1_000_000,
            u64::MAX,
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    // D17
    #[test]
    fn the_unit_of_a_time_follows_its_magnitude() {
        let read = |value: &str| reset_by_magnitude(&with(RESET, value), &RESET, now());
        for unit in [1, 1_000, 1_000_000, 1_000_000_000] {
            let at = |seconds: u64| read(&((NOW + seconds) * unit).to_string());
            assert_eq!(at(30), Some(Duration::from_secs(30)), "{unit}");
            assert_eq!(at(600), Some(Duration::from_secs(600)), "{unit}");
            assert_eq!(at(601), None, "{unit}");
            assert_eq!(at(365 * 86_400), None, "{unit}");
            assert_eq!(at(0), None, "{unit}");
        }
        for odd in ["0", "", "soon", "-5", "99999999999999999999999"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_servers_time_is_its_date() {
        let headers = with(header::DATE, "Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(server_time(&headers), Some(now()));
        assert_eq!(server_time(&HeaderMap::new()), None);
    }

    #[test]
    fn the_servers_time_is_known_if_its_lines_agree() {
        let read = |lines: [&str; 2]| server_time(&on_lines(header::DATE, lines));
        let date = "Thu, 01 Jan 2026 00:00:00 GMT";
        for lines in [[date, date], [date, "x"], ["", date]] {
            assert_eq!(read(lines), Some(now()), "{lines:?}");
        }
        assert_eq!(read([date, "Thu, 01 Jan 2026 06:00:00 GMT"]), None);
        assert_eq!(read(["x", "y"]), None);
    }
}
