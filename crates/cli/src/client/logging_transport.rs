//! A transport that logs requests and their outcomes to stderr.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use gatelet_transport::{SendTracker, Sent, Transport, TransportError};
use http::{Request, Response};

use crate::output::log::Log;

/// Logs method and path of each request when it is sent, and its outcome; never a query, a header or a body.
#[derive(Debug)]
pub(crate) struct LoggingTransport<T> {
    inner: T,
    log: Option<Log>,
}

impl<T> LoggingTransport<T> {
    /// Wraps a transport; without a log, it only sends.
    pub(crate) fn new(inner: T, log: Option<Log>) -> Self {
        Self { inner, log }
    }
}

impl<T: Transport> Transport for LoggingTransport<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let Some(log) = &self.log else {
            return self.inner.send(request).await;
        };
        let log = RequestLog::new(&mut request, log.clone());
        let result = self.inner.send(request).await;
        log.finish(&result);
        result
    }
}

/// Logs one request.
struct RequestLog {
    log: Log,
    line: String,
    tracker: SendTracker,
    has_started: Arc<AtomicBool>,
    has_ended: bool,
}

impl RequestLog {
    fn new(request: &mut Request<Bytes>, log: Log) -> Self {
        let line = format!("{} {}", request.method(), request.uri().path());
        let tracker = SendTracker::of(request);
        request.extensions_mut().insert(tracker.clone());
        let (started, started_line) = (log.clone(), format!("> {line}"));
        let log = Self {
            log,
            line,
            tracker: tracker.clone(),
            has_started: Arc::default(),
            has_ended: false,
        };
        let has_started = Arc::clone(&log.has_started);
        tracker.on_start(move || {
            has_started.store(true, Ordering::Relaxed);
            started.print(started_line.as_str());
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
                return self.log.print(format!("< {line}: not sent: {outcome}"));
            }
            // The transport does not report when a request is sent.
            (false, _) => self.log.print(format!("> {line}")),
        }
        self.log.print(format!("< {line}: {outcome}"));
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
