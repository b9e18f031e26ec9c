//! How long a server says that it keeps a connection of HTTP/1 open.

use std::time::Duration;

use http::{HeaderMap, HeaderName};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// What the `Keep-Alive` fields of a response say; the least where they say several things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeepAlive {
    /// For how long another request may be sent, which is less than the server waits for one.
    pub(crate) idle: Option<Duration>,
    /// How many requests may follow.
    pub(crate) requests: Option<u64>,
}

impl KeepAlive {
    /// Reads the parameters `timeout` and `max`. One that is no number says nothing, as if the server had not sent it: most
    /// servers do not, and the idle timeout holds anyway.
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
                let (name, value) = (name.trim(), whole_number(value));
                if name.eq_ignore_ascii_case("timeout") {
                    all.idle = least(all.idle, value.map(usable));
                } else if name.eq_ignore_ascii_case("max") {
                    all.requests = least(all.requests, value);
                }
            }
        }
        all
    }

    /// What holds after another response on the same connection: what that one says, and else what was said before. A server
    /// that says so once has the same timer for all its responses, those of some other part of it included.
    pub(crate) fn after(self, next: Self) -> Self {
        let left = self.requests.map(|left| left.saturating_sub(1));
        Self {
            idle: next.idle.or(self.idle),
            requests: next.requests.or(left),
        }
    }
}

fn least<T: Ord>(first: Option<T>, second: Option<T>) -> Option<T> {
    first.into_iter().chain(second).min()
}

/// The part of the server's timeout in which a request surely arrives before its end: all but a second of it, and at least
/// half.
fn usable(seconds: u64) -> Duration {
    const MARGIN: Duration = Duration::from_secs(1);

    let half = Duration::from_millis(seconds.saturating_mul(500));
    Duration::from_secs(seconds).saturating_sub(MARGIN.min(half))
}

/// The whole part of a number, also in quotes; the largest that there is for a larger one.
fn whole_number(text: &str) -> Option<u64> {
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
    fn a_server_is_asked_no_later_than_a_second_before_it_closes() {
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
    fn what_is_no_number_says_nothing() {
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
