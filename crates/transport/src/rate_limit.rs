//! How long a server wants to be left alone, out of the header fields in which vendors say so.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, header};

/// The farthest that a reset moment may lie ahead to be believed.
const BELIEVED_RESET: Duration = Duration::from_secs(10 * 60);

/// `Retry-After` in seconds or as an HTTP date; a date that has passed is no wait.
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
    match digits(text) {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None => Some(until(httpdate::parse_http_date(text).ok()?, now)),
    }
}

/// A moment in Unix seconds in a header field, as the time from `now` until then. A moment that has passed, or that
/// lies more than ten minutes ahead, is not believed.
#[must_use]
pub fn reset_in_seconds(
    headers: &HeaderMap,
    name: &HeaderName,
    now: SystemTime,
) -> Option<Duration> {
    let seconds = digits(headers.get(name)?.to_str().ok()?.trim())?;
    believed(Duration::from_secs(seconds), now)
}

/// A Unix moment in seconds, milliseconds, microseconds or nanoseconds, told apart by magnitude, else as
/// [`reset_in_seconds`].
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

fn believed(since_epoch: Duration, now: SystemTime) -> Option<Duration> {
    let delay = until(UNIX_EPOCH.checked_add(since_epoch)?, now);
    (!delay.is_zero() && delay <= BELIEVED_RESET).then_some(delay)
}
