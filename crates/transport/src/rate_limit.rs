//! How long a server wants to be left alone, out of the header fields in which vendors say so.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, header};

/// The farthest that a moment of unknown unit may lie ahead to be believed.
const BELIEVED_BY_MAGNITUDE: Duration = Duration::from_secs(10 * 60);

/// The farthest that a moment in seconds may lie ahead to be believed: quotas by the hour are usual.
const BELIEVED_IN_SECONDS: Duration = Duration::from_secs(2 * 60 * 60);

/// The longest delay that is told. What servers may write is more than any clock can add to a moment.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// `Retry-After` in seconds or as an HTTP date; a date that has passed is no wait, and more than a year counts as a year.
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
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let delay = match digits(text) {
        Some(seconds) => Duration::from_secs(seconds),
        None => until(httpdate::parse_http_date(text).ok()?, now),
    };
    Some(delay.min(LONGEST))
}

/// A moment in Unix seconds in a header field, as the time from `now` until then. A moment that has passed, or that
/// lies more than two hours ahead, is not believed.
#[must_use]
pub fn reset_in_seconds(
    headers: &HeaderMap,
    name: &HeaderName,
    now: SystemTime,
) -> Option<Duration> {
    let seconds = digits(headers.get(name)?.to_str().ok()?.trim())?;
    believed(Duration::from_secs(seconds), now, BELIEVED_IN_SECONDS)
}

/// A Unix moment in seconds, milliseconds, microseconds or nanoseconds, told apart by magnitude, as the time
/// from `now` until then. A moment that has passed, or that lies more than ten minutes ahead, is not believed.
#[must_use]
pub fn reset_by_magnitude(
    headers: &HeaderMap,
    name: &HeaderName,
    now: SystemTime,
) -> Option<Duration> {
    let number = digits(headers.get(name)?.to_str().ok()?.trim())?;
    // Each unit's range spans the years 1973 to 5138, so no two of them meet.
    believed(
        match number {
            0..100_000_000_000 => Duration::from_secs(number),
            100_000_000_000..100_000_000_000_000 => Duration::from_millis(number),
            100_000_000_000_000..100_000_000_000_000_000 => Duration::from_micros(number),
            _ => Duration::from_nanos(number),
        },
        now,
        BELIEVED_BY_MAGNITUDE,
    )
}

/// The server's own time as its `Date` field tells it, to the second.
#[must_use]
pub fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()
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
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
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

    // A33
    #[test]
    fn a_moment_in_seconds_is_the_time_until_then() {
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
    fn the_unit_of_a_moment_is_told_by_its_magnitude() {
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
}
