//! Recovers the status of a response whose head was cut off or cannot be parsed.
//!
//! hyper reports a status only with a complete, valid head. But when the connection breaks within the head, the server has
//! already said whether it applied the request. So the bytes are observed here. The header fields of a refusal are kept
//! too, because they may say when to retry.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::io::informational::{LIMIT, too_many};
use crate::io::raw_head::{STATUS_LINE, parse_fields, parse_status, without_secret};

/// The most bytes of a refusal's head that are kept.
const MAX_REFUSAL: usize = 16 * 1024;

/// Observes the response to the current request of a connection; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatusTap(Arc<Mutex<Observed>>);

#[derive(Debug, Default)]
struct Observed {
    progress: Progress,
    /// The number of informational responses.
    informational: u32,
    /// The proxy credentials of the request, which no reported field may repeat.
    authorization: Option<HeaderValue>,
}

/// How far a response has been read.
#[derive(Debug)]
enum Progress {
    /// The beginning of a status line.
    StatusLine(Vec<u8>),
    /// Within the fields of an informational response; whether the last byte ended a line.
    Informational(bool),
    /// A status other than 2xx, and the bytes after it.
    Refusal(StatusCode, Vec<u8>),
    /// The status, or `None` if the line was invalid. The rest is not observed.
    Done(Option<StatusCode>),
}

impl Default for Progress {
    fn default() -> Self {
        Self::StatusLine(Vec::with_capacity(STATUS_LINE))
    }
}

impl StatusTap {
    /// Starts anew, for the response to a request with these header fields.
    pub(crate) fn restart(&self, request: &HeaderMap) {
        *self.observed() = Observed {
            progress: Progress::default(),
            informational: 0,
            authorization: request.get(PROXY_AUTHORIZATION).cloned(),
        };
    }

    /// Returns the status of the final response, if it has arrived.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self.observed().progress {
            Progress::Refusal(status, _) => Some(status),
            Progress::Done(status) => status,
            Progress::StatusLine(_) | Progress::Informational(_) => None,
        }
    }

    /// Returns the complete fields of a refusal that have arrived, without those that contain a secret.
    pub(crate) fn refusal_fields(&self) -> Option<HeaderMap> {
        let observed = self.observed();
        match &observed.progress {
            Progress::Refusal(_, bytes) => Some(without_secret(
                &parse_fields(bytes),
                observed.authorization.as_ref(),
            )),
            Progress::StatusLine(_) | Progress::Informational(_) | Progress::Done(_) => None,
        }
    }

    /// Observes more bytes of the response. Fails when the server sends too many informational responses.
    pub(crate) fn observe(&self, bytes: &[u8]) -> io::Result<()> {
        let mut observed = self.observed();
        let Observed {
            progress,
            informational,
            ..
        } = &mut *observed;
        for &byte in bytes {
            match progress {
                // hyper skips an empty line before a status line too.
                Progress::StatusLine(line) if line.is_empty() && matches!(byte, b'\r' | b'\n') => {}
                Progress::StatusLine(line) => {
                    line.push(byte);
                    if line.len() == STATUS_LINE {
                        *progress = match parse_status(line) {
                            // After 101 the connection speaks another protocol.
                            Some(status) if status.is_informational() && status != 101 => {
                                *informational = informational.saturating_add(1);
                                if *informational > LIMIT {
                                    return Err(too_many());
                                }
                                Progress::Informational(false)
                            }
                            Some(status) if status != 101 && !status.is_success() => {
                                // The byte after the status may end the line.
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
                Progress::Refusal(_, bytes) if bytes.len() < MAX_REFUSAL => bytes.push(byte),
                Progress::Refusal(..) | Progress::Done(_) => break,
            }
        }
        Ok(())
    }

    fn observed(&self) -> MutexGuard<'_, Observed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::StatusTap;

    fn observed_status(text: &str) -> Option<u16> {
        let (tap, bytewise) = (StatusTap::default(), StatusTap::default());
        tap.observe(text.as_bytes()).unwrap();
        for byte in text.as_bytes() {
            bytewise.observe(&[*byte]).unwrap();
        }
        assert_eq!(tap.status(), bytewise.status(), "{text:?}");
        tap.status().map(|status| status.as_u16())
    }

    #[test]
    fn the_status_is_known_after_its_third_digit() {
        let line = "HTTP/1.1 201 Created\r\nx: y";
        for length in 0..=line.len() {
            let known = (length >= 13).then_some(201);
            assert_eq!(observed_status(&line[..length]), known, "{length}");
        }
        assert_eq!(observed_status("HTTP/1.0 204\r\n"), Some(204));
        assert_eq!(observed_status("\r\n\nHTTP/1.1 204 No Content"), Some(204));
    }

    #[test]
    fn an_informational_response_is_not_the_final_one() {
        let hints = "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\nx: HTTP/1.1 500 No\r\n\r\n";
        assert_eq!(observed_status(hints), None);
        assert_eq!(
            observed_status(&format!("{hints}{hints}HTTP/1.1 403 No")),
            Some(403)
        );
        assert_eq!(
            observed_status("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK"),
            Some(200)
        );
        assert_eq!(observed_status("HTTP/1.1 101 Switching\r\n\r\n"), Some(101));
        let folded = "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n \r\n HTTP/1.1 500 No\r\n\r\n";
        assert_eq!(observed_status(folded), None);
        assert_eq!(
            observed_status(&format!("{folded}HTTP/1.1 403 No")),
            Some(403)
        );
    }

    #[test]
    fn complete_fields_of_a_refusal_are_kept() {
        let fields = |text: &str| {
            let tap = StatusTap::default();
            tap.observe(text.as_bytes()).unwrap();
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
    fn an_invalid_status_line_has_no_status() {
        for text in [
            "HTTP/2.0 200 OK\r\n",
            "HTTP/1.1 2000 OK\r\n",
            "HTTP/1.1 099 No\r\n",
            "HTTP/1.1  200 OK\r\n",
            "\0\0\0\0HTTP/1.1 200 OK",
        ] {
            assert_eq!(observed_status(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_restart_forgets_the_last_response() {
        let tap = StatusTap::default();
        tap.observe(b"HTTP/1.1 201 Created\r\n\r\n").unwrap();
        tap.restart(&HeaderMap::new());
        assert_eq!(tap.status(), None);
        tap.observe(b"HTTP/1.1 404 Not Found").unwrap();
        assert_eq!(tap.status().map(|status| status.as_u16()), Some(404));
    }

    // T27
    #[test]
    fn too_many_informational_responses_are_an_error() {
        let informational = |count: usize| "HTTP/1.1 102 Processing\r\n\r\n".repeat(count);
        let last = "HTTP/1.1 200 OK\r\n";
        for size in [1, 1_000] {
            for (count, is_ok) in [(16, true), (17, false)] {
                let tap = StatusTap::default();
                let text = informational(count) + last;
                let mut pieces = text.as_bytes().chunks(size);
                assert_eq!(pieces.all(|piece| tap.observe(piece).is_ok()), is_ok);
                assert_eq!(tap.status().is_some(), is_ok);
            }
        }
    }
}
