//! The status of an answer whose head never became whole, or cannot be read.
//!
//! hyper tells a status with the whole head only. When the connection breaks in the middle of the head, or a line of it breaks
//! the rules, the server has already said whether it did what it was asked to, so the bytes are read along here. Of a refusal
//! the fields count as well: they say when to come again.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};

use gatelet_transport::SecretSet;

/// What was observed of the response to one request; a clone observes the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatusTap(Arc<Mutex<Observed>>);

/// A response that is being observed.
#[derive(Debug, Default)]
struct Observed {
    progress: Progress,
    /// What the request tells a proxy, and no field that is told may repeat.
    authorization: Option<HeaderValue>,
}

/// How far a response has been observed.
#[derive(Debug)]
enum Progress {
    /// The beginning of a status line.
    StatusLine(Vec<u8>),
    /// The fields of an interim answer; whether a line of them has just begun.
    Informational(bool),
    /// A refusal: its status, and the bytes from there on.
    Refusal(StatusCode, Vec<u8>),
    /// The rest, once the status is known, or was none.
    Done(Option<StatusCode>),
}

impl Default for Progress {
    fn default() -> Self {
        Self::StatusLine(Vec::with_capacity(LINE))
    }
}

/// The bytes of `HTTP/1.1 200` and the one that ends the status.
pub(crate) const LINE: usize = 13;

/// The most bytes that are kept of a refusal.
const LONGEST_REFUSAL: usize = 16 * 1024;

impl StatusTap {
    /// Forgets what was observed: another request is about to be sent, with these fields.
    pub(crate) fn restart(&self, request: &HeaderMap) {
        *self.observed() = Observed {
            progress: Progress::default(),
            authorization: request.get(PROXY_AUTHORIZATION).cloned(),
        };
    }

    /// The status of the answer, interim ones aside, as soon as the connection has brought it.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self.observed().progress {
            Progress::Refusal(status, _) => Some(status),
            Progress::Done(status) => status,
            Progress::StatusLine(_) | Progress::Informational(_) => None,
        }
    }

    /// The fields of a refusal that may be told, as far as they have come.
    pub(crate) fn refusal_fields(&self) -> Option<HeaderMap> {
        let observed = self.observed();
        match &observed.progress {
            Progress::Refusal(_, bytes) => Some(without_secret(
                &fields(bytes),
                observed.authorization.as_ref(),
            )),
            Progress::StatusLine(_) | Progress::Informational(_) | Progress::Done(_) => None,
        }
    }

    fn is_done(&self) -> bool {
        match &self.observed().progress {
            Progress::StatusLine(_) | Progress::Informational(_) => false,
            Progress::Refusal(_, bytes) => bytes.len() >= LONGEST_REFUSAL,
            Progress::Done(_) => true,
        }
    }

    fn observe(&self, bytes: &[u8]) {
        let progress = &mut self.observed().progress;
        for &byte in bytes {
            match progress {
                // An empty line before a status line is skipped, as hyper does.
                Progress::StatusLine(line) if line.is_empty() && matches!(byte, b'\r' | b'\n') => {}
                Progress::StatusLine(line) => {
                    line.push(byte);
                    if line.len() == LINE {
                        *progress = match status(line) {
                            // After 101 the bytes are of another protocol.
                            Some(status) if status.is_informational() && status != 101 => {
                                Progress::Informational(false)
                            }
                            Some(status) if status != 101 && !status.is_success() => {
                                // A line may end with the byte behind the status.
                                Progress::Refusal(status, vec![byte])
                            }
                            status => Progress::Done(status),
                        };
                    }
                }
                Progress::Informational(line_begins) => match byte {
                    b'\n' if *line_begins => *progress = Progress::default(),
                    b'\n' => *line_begins = true,
                    b'\r' => {}
                    _ => *line_begins = false,
                },
                Progress::Refusal(_, bytes) if bytes.len() < LONGEST_REFUSAL => bytes.push(byte),
                Progress::Refusal(..) | Progress::Done(_) => return,
            }
        }
    }

    fn observed(&self) -> MutexGuard<'_, Observed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The status in the first 13 bytes of a status line of HTTP/1.
pub(crate) fn status(line: &[u8]) -> Option<StatusCode> {
    let rest = line.strip_prefix(b"HTTP/1.")?;
    match rest {
        [b'0' | b'1', b' ', status @ .., b' ' | b'\r' | b'\n'] => {
            StatusCode::from_bytes(status).ok()
        }
        _ => None,
    }
}

/// The fields in the whole lines behind a status, up to the end of the head. A line that is no field is left out.
pub(crate) fn fields(behind_status: &[u8]) -> HeaderMap {
    let end = behind_status.iter().rposition(|byte| *byte == b'\n');
    let whole = end.and_then(|end| behind_status.get(..end));
    let lines = whole.unwrap_or_default().split(|byte| *byte == b'\n');
    let lines = lines.skip(1).map(<[u8]>::trim_ascii_end);
    let field = |line: &[u8]| {
        let (name, value) = line.split_at_checked(line.iter().position(|byte| *byte == b':')?)?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?;
        Some((name, value))
    };
    let head = lines.take_while(|line| !line.is_empty());
    head.filter_map(field).collect()
}

/// The fields that may be told of a response without its body. Where the proxy repeats its credentials in one, only the transport
/// knows them, so that field is left out.
pub(crate) fn without_secret(fields: &HeaderMap, authorization: Option<&HeaderValue>) -> HeaderMap {
    let Some(authorization) = authorization else {
        return fields.clone();
    };
    let mut secrets = SecretSet::new();
    secrets.add_header(authorization);
    let fields = fields.iter();
    let fields = fields.filter(|(_, value)| !secrets.contains_secret(value));
    fields
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A stream that lets a [`StatusTap`] observe what is read from it.
pub(crate) struct Tapped<T> {
    stream: T,
    tap: StatusTap,
}

impl<T> Tapped<T> {
    pub(crate) fn new(stream: T, tap: StatusTap) -> Self {
        Self { stream, tap }
    }
}

impl<T: Read + Unpin> Read for Tapped<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.tap.is_done() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        // A cursor does not show what was read into it, so the beginning of an answer makes a detour.
        let mut space = [0; 1024];
        let most = buf.remaining().min(space.len());
        let (space, _) = space.split_at_mut(most);
        let mut beginning = ReadBuf::new(space);
        let read = Pin::new(&mut self.stream).poll_read(cx, beginning.unfilled());
        self.tap.observe(beginning.filled());
        buf.put_slice(beginning.filled());
        read
    }
}

impl<T: Write + Unpin> Write for Tapped<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::StatusTap;

    fn tap(text: &str) -> Option<u16> {
        let (tap, bytewise) = (StatusTap::default(), StatusTap::default());
        tap.observe(text.as_bytes());
        for byte in text.as_bytes() {
            bytewise.observe(&[*byte]);
        }
        assert_eq!(tap.status(), bytewise.status(), "{text:?}");
        tap.status().map(|status| status.as_u16())
    }

    #[test]
    fn the_status_is_known_once_its_three_digits_have_ended() {
        let line = "HTTP/1.1 201 Created\r\nx: y";
        for length in 0..=line.len() {
            let known = (length >= 13).then_some(201);
            assert_eq!(tap(&line[..length]), known, "{length}");
        }
        assert_eq!(tap("HTTP/1.0 204\r\n"), Some(204));
        assert_eq!(tap("\r\n\nHTTP/1.1 204 No Content"), Some(204));
    }

    #[test]
    fn an_interim_answer_is_not_the_answer() {
        let hints = "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\nx: HTTP/1.1 500 No\r\n\r\n";
        assert_eq!(tap(hints), None);
        assert_eq!(tap(&format!("{hints}{hints}HTTP/1.1 403 No")), Some(403));
        assert_eq!(tap("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK"), Some(200));
        assert_eq!(tap("HTTP/1.1 101 Switching\r\n\r\n"), Some(101));
        let folded = "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n \r\n HTTP/1.1 500 No\r\n\r\n";
        assert_eq!(tap(folded), None);
        assert_eq!(tap(&format!("{folded}HTTP/1.1 403 No")), Some(403));
    }

    #[test]
    fn of_a_refusal_the_fields_in_whole_lines_are_kept() {
        let fields = |text: &str| {
            let tap = StatusTap::default();
            tap.observe(text.as_bytes());
            tap.refusal_fields()
        };
        for (status, text) in [
            (
                "429",
                " Too Many\r\nretry-after: 7\r\n\r\nretry-after: 9\r\n",
            ),
            ("503", "\nretry-after:7\nx: \x01\nno colon\n"),
            ("401", "\r\nx: y\r\nRetry-After: 7\r\nretry-after: 12"),
            ("302", " X\r\n folded: 1\r\nretry-after: 7 \r\n"),
        ] {
            let fields = fields(&format!("HTTP/1.1 {status}{text}")).unwrap();
            let waits: Vec<_> = fields.get_all("retry-after").iter().collect();
            assert_eq!(waits, ["7"], "{text:?}");
        }
        assert!(fields("HTTP/1.1 503 ").unwrap().is_empty());
        for other in [
            "HTTP/1.1 200 OK\r\nx: y\r\n",
            "HTTP/1.1 101 \r\nx: y\r\n",
            "",
        ] {
            assert!(fields(other).is_none());
        }
        let endless = fields(&format!("HTTP/1.1 503 X\r\n{}", "x: y\r\n".repeat(10_000)));
        assert!(endless.unwrap().len() < 3_000);
    }

    #[test]
    fn what_is_no_status_line_says_nothing() {
        for text in [
            "HTTP/2.0 200 OK\r\n",
            "HTTP/1.1 2000 OK\r\n",
            "HTTP/1.1 099 No\r\n",
            "HTTP/1.1  200 OK\r\n",
            "\0\0\0\0HTTP/1.1 200 OK",
        ] {
            assert_eq!(tap(text), None, "{text:?}");
        }
    }

    #[test]
    fn each_request_has_an_answer_of_its_own() {
        let tap = StatusTap::default();
        tap.observe(b"HTTP/1.1 201 Created\r\n\r\n");
        tap.restart(&HeaderMap::new());
        assert_eq!(tap.status(), None);
        tap.observe(b"HTTP/1.1 404 Not Found");
        assert_eq!(tap.status().map(|status| status.as_u16()), Some(404));
    }
}
