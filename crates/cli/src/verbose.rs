//! A transport that says on stderr what it sends and what comes back.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use gatelet_transport::{SendTracker, Sent, Transport, TransportError};
use http::{Request, Response};

use crate::failure::say;

/// Says method and path of each request when it leaves, and how it ends; never a query, a header or a body.
#[derive(Debug)]
pub(crate) struct Verbose<T> {
    inner: T,
    on: bool,
}

impl<T> Verbose<T> {
    /// Wraps a transport; says nothing unless `on`.
    pub(crate) fn new(inner: T, on: bool) -> Self {
        Self { inner, on }
    }
}

impl<T: Transport> Transport for Verbose<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if !self.on {
            return self.inner.send(request).await;
        }
        let watched = Watched::new(&mut request);
        let result = self.inner.send(request).await;
        watched.ended(&result);
        result
    }
}

/// A request, from the moment that it is handed over.
struct Watched {
    line: String,
    tracker: SendTracker,
    has_left: Arc<AtomicBool>,
    has_ended: bool,
}

impl Watched {
    fn new(request: &mut Request<Bytes>) -> Self {
        let line = format!("{} {}", request.method(), request.uri().path());
        let tracker = SendTracker::of(request);
        request.extensions_mut().insert(tracker.clone());
        let watched = Self {
            line: line.clone(),
            tracker: tracker.clone(),
            has_left: Arc::default(),
            has_ended: false,
        };
        let has_left = Arc::clone(&watched.has_left);
        tracker.on_start(move || {
            has_left.store(true, Ordering::Relaxed);
            say(&format!("> {line}"));
        });
        watched
    }

    fn ended(mut self, result: &Result<Response<Bytes>, TransportError>) {
        self.has_ended = true;
        match result {
            Ok(response) => self.say_end(Sent::Whole, response.status()),
            Err(error) => self.say_end(error.sent(), error),
        }
    }

    fn say_end(&self, sent: Sent, end: impl Display) {
        let line = &self.line;
        match (self.has_left.load(Ordering::Relaxed), sent) {
            (true, _) => {}
            (false, Sent::Nothing) => return say(&format!("< {line}: not sent: {end}")),
            // The transport does not say when a request leaves.
            (false, _) => say(&format!("> {line}")),
        }
        say(&format!("< {line}: {end}"));
    }
}

/// Nobody waits for the response any more: its time is over, or it is not needed.
impl Drop for Watched {
    fn drop(&mut self) {
        if !self.has_ended {
            self.say_end(self.tracker.cancel(), "given up");
        }
    }
}
