//! The `Keep-Alive` field: how long a server keeps an HTTP/1 connection open.

use std::time::Duration;

use http::{HeaderMap, HeaderName};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// What the `Keep-Alive` fields of a response announce; the minimum if there are several values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeepAlive {
    /// How long the connection can be reused, which is less than the server keeps it.
    pub(crate) idle: Option<Duration>,
    /// How many more requests may follow.
    pub(crate) requests: Option<u64>,
}

impl KeepAlive {
    /// Parses the parameters `timeout` and `max`. Invalid numbers are ignored: most servers send none, and the idle timeout applies
    /// anyway.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut all = Self::default();
        for field in headers.get_all(KEEP_ALIVE) {
            for parameter in field.as_bytes().split(|&byte| matches!(byte, b',' | b';')) {
                let Ok(parameter) = str::from_utf8(parameter) else {
                    continue;
                };
                let Some((name, value)) = parameter.split_once('=') else {
                    continue;
                };
                let (name, value) = (name.trim(), integer_part(value));
                if name.eq_ignore_ascii_case("timeout") {
                    all.idle = minimum(all.idle, value.map(usable));
                } else if name.eq_ignore_ascii_case("max") {
                    all.requests = minimum(all.requests, value);
                }
            }
        }
        all
    }

    /// Returns what applies after another response on the same connection. A response without the field leaves the earlier timeout
    /// in place, because the server has one timer for all of them.
    pub(crate) fn after(self, next: Self) -> Self {
        let left = self.requests.map(|left| left.saturating_sub(1));
        Self {
            idle: next.idle.or(self.idle),
            requests: next.requests.or(left),
        }
    }
}

fn minimum<T: Ord>(first: Option<T>, second: Option<T>) -> Option<T> {
    first.into_iter().chain(second).min()
}

/// Returns the part of the server's timeout in which a request still arrives in time: all but one second, and at least half.
fn usable(seconds: u64) -> Duration {
    const MARGIN: Duration = Duration::from_secs(1);

    let half = Duration::from_millis(seconds.saturating_mul(500));
    Duration::from_secs(seconds).saturating_sub(MARGIN.min(half))
}

/// Parses the integer part of a number, which may be quoted. Saturates.
fn integer_part(text: &str) -> Option<u64> {
    let text = text.trim().trim_matches('"').trim();
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !is_number(digits) || !is_number(fraction) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue};

    use super::KeepAlive;

    fn read(fields: &[&[u8]]) -> (Option<u64>, Option<u64>) {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append("keep-alive", HeaderValue::from_bytes(field).unwrap());
        }
        let read = KeepAlive::of(&headers);
        let milliseconds = |idle: Duration| u64::try_from(idle.as_millis()).unwrap_or(u64::MAX);
        (read.idle.map(milliseconds), read.requests)
    }

    // U22
    #[test]
    fn a_connection_is_reused_until_a_second_before_its_timeout() {
        for (field, idle, requests) in [
            ("timeout=2", Some(1_000), None),
            ("timeout=5, max=99", Some(4_000), Some(99)),
            ("max=0,timeout=60", Some(59_000), Some(0)),
            ("timeout=1", Some(500), None),
            ("timeout=0", Some(0), None),
            ("TimeOut = 3 ; MAX=1", Some(2_000), Some(1)),
            ("timeout=\"4\"", Some(3_000), None),
            ("timeout=2.9", Some(1_000), None),
            ("timeout=10, timeout=4", Some(3_000), None),
        ] {
            assert_eq!(read(&[field.as_bytes()]), (idle, requests), "{field}");
        }
        assert_eq!(
            read(&[b"timeout=9", b"timeout=3, max=7"]),
            (Some(2_000), Some(7))
        );
        let huge = read(&[b"timeout=99999999999999999999999999"]);
        assert_eq!(huge, (Some(u64::MAX), None));
    }

    #[test]
    fn an_invalid_number_is_ignored() {
        for field in [
            &b""[..],
            b"timeout",
            b"timeout=",
            b"timeout=-1",
            b"timeout=soon",
            b"timeout=1e9",
            b"timeout=0x10",
            b"timeout=1.x",
            b"time=2",
            b"timeout=\xff",
            b",,;=",
        ] {
            assert_eq!(read(&[field]), (None, None), "{field:?}");
        }
        assert_eq!(read(&[b"timeout=\xff, max=3"]), (None, Some(3)));
    }
}
