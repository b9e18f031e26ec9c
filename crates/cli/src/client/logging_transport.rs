//! A transport that logs requests and their outcomes to stderr.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::TokioClock;
use gatelet_transport::{Attempt, Clock as _, SendTracker, Sent, Transport, TransportError};
use http::{HeaderMap, Request, Response};
use serde_json::{Map, Value, json};

use crate::output::header_fields;
use crate::output::log::Log;
use crate::output::log_entry::LogEntry;
use crate::redaction::Redactor;

/// What is logged of each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Method and path, attempt, outcome and duration.
    Outcomes,
    /// The URL and the header fields, too.
    Headers,
}

/// Logs each request when it is sent, and its outcome; never a body, nor a header field that may contain a secret.
#[derive(Debug)]
pub(crate) struct LoggingTransport<T> {
    inner: T,
    log: Option<(Log, Detail)>,
}

impl<T> LoggingTransport<T> {
    /// Wraps a transport; without a log, it only sends.
    pub(crate) fn new(inner: T, log: Option<(Log, Detail)>) -> Self {
        Self { inner, log }
    }
}

impl<T: Transport> Transport for LoggingTransport<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let Some((log, detail)) = &self.log else {
            return self.inner.send(request).await;
        };
        let log = RequestLog::new(&mut request, log.clone(), *detail);
        let result = self.inner.send(request).await;
        log.finish(&result);
        result
    }
}

/// Logs one request.
struct RequestLog {
    log: Log,
    detail: Detail,
    line: String,
    request: LogEntry,
    tracker: SendTracker,
    has_started: Arc<AtomicBool>,
    has_ended: bool,
    clock: TokioClock,
    /// A monotonic time.
    start: Duration,
}

impl RequestLog {
    fn new(request: &mut Request<Bytes>, log: Log, detail: Detail) -> Self {
        let redactor = log.secrets().redactor();
        let target = match detail {
            Detail::Outcomes => request.uri().path().to_owned(),
            Detail::Headers => redactor.redact(&request.uri().to_string()).into_owned(),
        };
        let line = format!("{} {target}", request.method());
        let entry = request_entry(request, &line, detail, &redactor);
        let tracker = SendTracker::of(request);
        request.extensions_mut().insert(tracker.clone());
        let has_started = Arc::<AtomicBool>::default();
        let (started, sent, shown) = (Arc::clone(&has_started), log.clone(), entry.clone());
        tracker.on_start(move || {
            started.store(true, Ordering::Relaxed);
            sent.print_entry(shown);
        });
        let clock = TokioClock::new();
        Self {
            log,
            detail,
            line,
            request: entry,
            tracker,
            has_started,
            has_ended: false,
            start: clock.monotonic(),
            clock,
        }
    }

    fn finish(mut self, result: &Result<Response<Bytes>, TransportError>) {
        self.has_ended = true;
        match result {
            Ok(response) => self.log_end(Sent::Whole, response.status(), Some(response)),
            Err(error) => self.log_end(error.sent(), error, None),
        }
    }

    fn log_end(&self, sent: Sent, outcome: impl Display, response: Option<&Response<Bytes>>) {
        let mut not_sent = "";
        match (self.has_started.load(Ordering::Relaxed), sent) {
            (true, _) => {}
            (false, Sent::Nothing) => not_sent = "not sent: ",
            // The transport does not report when a request is sent.
            (false, _) => self.log.print_entry(self.request.clone()),
        }
        let duration = self.clock.monotonic().saturating_sub(self.start);
        let (line, shown) = (&self.line, shown_duration(duration));
        let mut entry = LogEntry::debug(format!("< {line}: {not_sent}{outcome} ({shown})"))
            .with("event", "response")
            .with("request", line.as_str())
            .with("durationMs", milliseconds(duration));
        match response {
            Some(response) => {
                entry = entry.with("status", response.status().as_u16());
                if self.detail == Detail::Headers {
                    entry = with_headers(
                        entry,
                        '<',
                        response.headers(),
                        &self.log.secrets().redactor(),
                    );
                }
            }
            None => {
                let is_sent = not_sent.is_empty();
                entry = entry
                    .with("sent", is_sent)
                    .with("error", outcome.to_string());
            }
        }
        self.log.print_entry(entry);
    }
}

/// Logs a request that was dropped, because of a timeout or because its response is not needed.
impl Drop for RequestLog {
    fn drop(&mut self) {
        if !self.has_ended {
            self.log_end(self.tracker.cancel(), "canceled", None);
        }
    }
}

fn request_entry(
    request: &Request<Bytes>,
    line: &str,
    detail: Detail,
    redactor: &Redactor,
) -> LogEntry {
    let attempt = Attempt::of(request);
    let repeated = attempt
        .filter(|attempt| attempt.number() > 1)
        .map(|attempt| {
            let (number, wait) = (attempt.number(), shown_duration(attempt.wait()));
            format!(" (attempt {number}, after {wait})")
        });
    let mut entry = LogEntry::debug(format!("> {line}{}", repeated.unwrap_or_default()))
        .with("event", "request")
        .with("request", line);
    if let Some(attempt) = attempt {
        let wait = milliseconds(attempt.wait());
        entry = entry.with("attempt", attempt.number()).with("waitMs", wait);
    }
    match detail {
        Detail::Outcomes => entry,
        Detail::Headers => with_headers(entry, '>', request.headers(), redactor),
    }
}

/// Adds a line for each header field, and all as an object.
fn with_headers(
    mut entry: LogEntry,
    sign: char,
    headers: &HeaderMap,
    redactor: &Redactor,
) -> LogEntry {
    let mut object = Map::new();
    for (name, value) in header_fields::shown(headers, redactor) {
        entry = entry.with_line(format!("{sign}   {name}: {value}"));
        object.insert(name, Value::from(value));
    }
    entry.with("headers", json!(object))
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Returns a duration as people read it.
fn shown_duration(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        _ => format!("{:.2} s", duration.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_field_is_shown_only_if_no_secret_belongs_there() {
        let request = Request::get("https://h/a?pageSize=1")
            .header("authorization", "Api-Token CANARY")
            .header("cookie", "CANARY")
            .header("x-unknown", "CANARY")
            .header("user-agent", "gatelet/1")
            .body(Bytes::new())
            .unwrap();
        let entry = request_entry(
            &request,
            "GET https://h/a?pageSize=1",
            Detail::Headers,
            &Redactor::default(),
        );
        let text = entry.lines().join("\n");
        assert!(!text.contains("CANARY"), "{text}");
        assert!(text.contains(">   user-agent: gatelet/1"), "{text}");
        assert!(text.contains(">   authorization: [masked]"), "{text}");
        let json = entry.to_json("2027-01-01T00:00:00Z");
        assert!(!json.contains("CANARY"), "{json}");
    }

    #[test]
    fn an_allowed_header_field_that_repeats_a_token_is_redacted() {
        let mut headers = HeaderMap::new();
        let value = "a dt0c01.CANARYPUBLIC.CANARYSECRETCANARYSECRET";
        headers.insert("server", value.parse().unwrap());
        let entry = with_headers(
            LogEntry::debug("x".to_owned()),
            '<',
            &headers,
            &Redactor::default(),
        );
        assert!(
            !entry.lines().concat().contains("CANARYSECRET"),
            "{entry:?}"
        );
    }

    #[test]
    fn a_later_attempt_says_how_long_it_waited() {
        let mut request = Request::get("https://h/a").body(Bytes::new()).unwrap();
        let first = Attempt::new(1, Duration::ZERO);
        for (attempt, expected) in [
            (first, "> GET /a"),
            (
                Attempt::new(2, Duration::from_millis(48)),
                "> GET /a (attempt 2, after 48 ms)",
            ),
            (
                Attempt::new(3, Duration::from_millis(1_250)),
                "> GET /a (attempt 3, after 1.25 s)",
            ),
        ] {
            request.extensions_mut().insert(attempt);
            let entry = request_entry(&request, "GET /a", Detail::Outcomes, &Redactor::default());
            assert_eq!(entry.lines(), [expected]);
        }
    }
}
