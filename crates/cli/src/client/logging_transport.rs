//! A transport that logs requests and their outcomes to stderr.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use gatelet_transport::{SendTracker, Sent, Transport, TransportError};
use http::{Request, Response};

use crate::terminal::eprint_line;

/// Logs method and path of each request when it is sent, and its outcome; never a query, a header or a body.
#[derive(Debug)]
pub(crate) struct LoggingTransport<T> {
    inner: T,
    is_on: bool,
}

impl<T> LoggingTransport<T> {
    /// Wraps a transport; logs nothing unless `is_on`.
    pub(crate) fn new(inner: T, is_on: bool) -> Self {
        Self { inner, is_on }
    }
}

impl<T: Transport> Transport for LoggingTransport<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if !self.is_on {
            return self.inner.send(request).await;
        }
        let log = RequestLog::new(&mut request);
        let result = self.inner.send(request).await;
        log.finish(&result);
        result
    }
}

/// Logs one request.
struct RequestLog {
    line: String,
    tracker: SendTracker,
    has_started: Arc<AtomicBool>,
    has_ended: bool,
}

impl RequestLog {
    fn new(request: &mut Request<Bytes>) -> Self {
        let line = format!("{} {}", request.method(), request.uri().path());
        let tracker = SendTracker::of(request);
        request.extensions_mut().insert(tracker.clone());
        let log = Self {
            line: line.clone(),
            tracker: tracker.clone(),
            has_started: Arc::default(),
            has_ended: false,
        };
        let has_started = Arc::clone(&log.has_started);
        tracker.on_start(move || {
            has_started.store(true, Ordering::Relaxed);
            eprint_line(&format!("> {line}"));
        });
        log
    }

    fn finish(mut self, result: &Result<Response<Bytes>, TransportError>) {
        self.has_ended = true;
        match result {
            Ok(response) => self.log_end(Sent::Whole, response.status()),
            Err(error) => self.log_end(error.sent(), error),
        }
    }

    fn log_end(&self, sent: Sent, outcome: impl Display) {
        let line = &self.line;
        match (self.has_started.load(Ordering::Relaxed), sent) {
            (true, _) => {}
            (false, Sent::Nothing) => {
                return eprint_line(&format!("< {line}: not sent: {outcome}"));
            }
            // The transport does not report when a request is sent.
            (false, _) => eprint_line(&format!("> {line}")),
        }
        eprint_line(&format!("< {line}: {outcome}"));
    }
}

/// Logs a request that was dropped, because of a timeout or because its response is not needed.
impl Drop for RequestLog {
    fn drop(&mut self) {
        if !self.has_ended {
            self.log_end(self.tracker.cancel(), "canceled");
        }
    }
}
