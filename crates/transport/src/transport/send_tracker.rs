//! How much of a request has been sent, known also after the transport's future is dropped.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use http::{HeaderMap, Request, StatusCode};

use crate::error::sent::Sent;

/// Tracks how much of one request has been sent; clones track the same request.
///
/// An attempt that runs out of time normally counts as sent, because a dropped future says nothing. But the request may have
/// spent that time waiting for a permit or a connection, and then the call can safely be repeated. So a channel puts a
/// `SendTracker` into the extensions of each request. A transport that makes requests wait calls [`queued`](Self::queued)
/// when it receives one, and [`try_start`](Self::try_start) before the first byte may be written, or
/// [`write_tracked`](Self::write_tracked) around each write. Any other transport can ignore it.
///
/// ```
/// use gatelet_transport::{SendTracker, Sent};
///
/// let request = http::Request::new(bytes::Bytes::new());
/// let tracker = SendTracker::of(&request);
/// tracker.queued();
/// assert_eq!(tracker.cancel(), Sent::Nothing); // It had not started, and now it never will:
/// assert!(!tracker.try_start());
/// ```
///
/// The tracker also carries what a transport and a channel have to tell each other about the attempt:
///
/// - The channel calls [`mark_timed_out`](Self::mark_timed_out) before it drops a future whose attempt ran out of time. A
///   transport that pools connections checks [`has_timed_out`](Self::has_timed_out) and does not reuse that connection; a
///   caller that merely lost interest says nothing about a connection.
/// - The transport calls [`response_started`](Self::response_started) when the head of the response has arrived, before it
///   reads the body, so that a `Retry-After` survives a body that never completes.
/// - [`on_start`](Self::on_start) registers a function that runs when the first byte is written.
///
/// # States
///
/// Calls that are not in the row of a state leave it as it is. A `write_tracked` that wrote everything has the effect of `try_start`,
/// and one that wrote nothing has none, except that it starts an `Untracked` request. `try_start` and `write_tracked` are refused in the states
/// `Canceled`, `PartCanceled`, `Failed` and `PartFailed`.
///
/// | state | sent | `queued` | `try_start` | `write_tracked` wrote a part | `attempt_failed` | `cancel` | `hand_over` |
/// | --- | --- | --- | --- | --- | --- | --- | --- |
/// | `Untracked` | `Whole` | `Queued` | `Started` | `Started` | | | |
/// | `Queued` | `Nothing` | | `Started` | `PartWritten` | `Failed` | `Canceled` | `Untracked` |
/// | `PartWritten` | `Part` | | `Started` | `PartWritten` | `PartFailed` | `PartCanceled` | |
/// | `Started` | `Whole` | | | | | | |
/// | `Canceled` | `Nothing` | | | | | | refused |
/// | `PartCanceled` | `Part` | | | | | | refused |
/// | `Failed` | `Nothing` | `Queued` | | | | | |
/// | `PartFailed` | `Part` | `PartWritten` | | | | | |
#[derive(Clone, Debug, Default)]
pub struct SendTracker(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    state: State,
    has_timed_out: bool,
    head: Option<Head>,
    on_start: Option<OnStart>,
}

type OnStart = Box<dyn FnOnce() + Send>;

/// Status and header fields of a response whose body has not arrived.
type Head = Box<(StatusCode, HeaderMap)>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// The transport does not report.
    #[default]
    Untracked,
    Queued,
    PartWritten,
    /// Everything may have been written. Final.
    Started,
    /// Final.
    Canceled,
    /// Final.
    PartCanceled,
    /// The attempt failed; another one may be queued.
    Failed,
    PartFailed,
}

#[derive(Clone, Copy)]
enum Event {
    Queued,
    Started,
    AttemptFailed,
    Canceled,
    HandedOver,
}

impl State {
    /// The transition table.
    fn after(self, event: Event) -> Self {
        match (self, event) {
            (Self::Untracked | Self::Failed, Event::Queued) => Self::Queued,
            (Self::PartFailed, Event::Queued) => Self::PartWritten,
            (Self::Untracked | Self::Queued | Self::PartWritten, Event::Started) => Self::Started,
            (Self::Queued, Event::AttemptFailed) => Self::Failed,
            (Self::PartWritten, Event::AttemptFailed) => Self::PartFailed,
            (Self::Queued, Event::Canceled) => Self::Canceled,
            (Self::PartWritten, Event::Canceled) => Self::PartCanceled,
            (Self::Queued, Event::HandedOver) => Self::Untracked,
            (unchanged, _) => unchanged,
        }
    }

    fn sent(self) -> Sent {
        match self {
            Self::Queued | Self::Canceled | Self::Failed => Sent::Nothing,
            Self::PartWritten | Self::PartCanceled | Self::PartFailed => Sent::Part,
            Self::Untracked | Self::Started => Sent::Whole,
        }
    }
}

impl SendTracker {
    /// Returns the tracker in a request's extensions, or a new one if there is none.
    pub fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Records that the request waits, and that [`try_start`](Self::try_start) or [`write_tracked`](Self::write_tracked) will
    /// be called before it is written.
    pub fn queued(&self) {
        self.clear_head();
        self.record(Event::Queued);
    }

    /// Returns whether the request may be written now; from then on it counts as sent. `false` means that it was canceled and
    /// must not be written.
    #[must_use]
    pub fn try_start(&self) -> bool {
        let may_write = self.record(Event::Started) == State::Started;
        if may_write {
            self.run_on_start();
        }
        may_write
    }

    /// Runs `write` with the `offered` rest of the request and records how much of it was taken. After a partial write the
    /// request counts as sent in part, after a full one as sent.
    ///
    /// `write` is not called for a request that was canceled.
    ///
    /// ```
    /// use std::task::Poll;
    ///
    /// use gatelet_transport::{SendTracker, Sent};
    ///
    /// let tracker = SendTracker::default();
    /// tracker.queued();
    /// let written = tracker.write_tracked(100, || Poll::Ready(Ok(40)));
    /// assert!(written.is_ready());
    /// assert_eq!(tracker.cancel(), Sent::Part);
    /// ```
    ///
    /// # Errors
    ///
    /// Whatever `write` returns, or an error of the kind `Other` if the request was canceled.
    pub fn write_tracked(
        &self,
        offered: usize,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        // Until the write returns, the whole offer may be on its way.
        let before = self.start();
        if before.after(Event::Started) != State::Started {
            return Poll::Ready(Err(io::Error::other("the request was canceled")));
        }
        let written = write();
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.run_on_start();
        }
        if matches!(before, State::Queued | State::PartWritten) {
            match written {
                Poll::Ready(Ok(taken)) if taken >= offered => {}
                Poll::Ready(Ok(1..)) => self.lock().state = State::PartWritten,
                _ => self.lock().state = before,
            }
        }
        written
    }

    /// Registers a function that runs once, when the first byte of the request is written, and replaces an earlier one. It never
    /// runs over a transport that reports nothing. It runs on the transport's write path, so it must not block.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// use gatelet_transport::SendTracker;
    ///
    /// let request = http::Request::new(bytes::Bytes::new());
    /// let tracker = SendTracker::of(&request);
    /// let has_started = Arc::new(AtomicBool::new(false));
    /// let flag = has_started.clone();
    /// tracker.on_start(move || flag.store(true, Ordering::Relaxed));
    /// assert!(tracker.try_start());
    /// assert!(has_started.load(Ordering::Relaxed));
    /// ```
    pub fn on_start(&self, callback: impl FnOnce() + Send + 'static) {
        let replaced = self.lock().on_start.replace(Box::new(callback));
        // After the lock is released: what it captured may use the tracker when it is dropped.
        drop(replaced);
    }

    fn run_on_start(&self) {
        let callback = self.lock().on_start.take();
        if let Some(callback) = callback {
            callback();
        }
    }

    /// Records that the request no longer waits here and passes on to another transport, which may queue it again. `false` means
    /// that it was canceled and must not be passed on.
    #[must_use]
    pub fn hand_over(&self) -> bool {
        let state = self.record(Event::HandedOver);
        !matches!(state, State::Canceled | State::PartCanceled)
    }

    /// Records that an attempt to send the request failed, and returns how much was sent. The rest is not written unless the
    /// request is [queued](Self::queued) again.
    #[must_use]
    pub fn attempt_failed(&self) -> Sent {
        self.record(Event::AttemptFailed).sent()
    }

    /// Keeps the rest of the request from ever being written, and returns how much was sent: the whole of it if no transport
    /// reports.
    #[must_use]
    pub fn cancel(&self) -> Sent {
        self.record(Event::Canceled).sent()
    }

    /// Records that the attempt ran out of time, before the transport's future is dropped.
    pub fn mark_timed_out(&self) {
        self.lock().has_timed_out = true;
    }

    /// Returns whether the attempt ran out of time.
    #[must_use]
    pub fn has_timed_out(&self) -> bool {
        self.lock().has_timed_out
    }

    /// Keeps the head of the response, whose body is read next.
    ///
    /// ```
    /// use gatelet_transport::SendTracker;
    /// use http::{HeaderMap, HeaderValue, StatusCode, header};
    ///
    /// let request = http::Request::new(bytes::Bytes::new());
    /// let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("7"))]);
    /// SendTracker::of(&request).response_started(StatusCode::TOO_MANY_REQUESTS, headers);
    /// ```
    pub fn response_started(&self, status: StatusCode, headers: HeaderMap) {
        self.lock().head = Some(Box::new((status, headers)));
    }

    /// Returns whether the head of a response has arrived whose body has not.
    #[must_use]
    pub fn has_head(&self) -> bool {
        self.lock().head.is_some()
    }

    /// Drops the head of the response, because its body has arrived too or another response is awaited.
    pub fn clear_head(&self) {
        let _ = self.take_head();
    }

    /// Takes the head of a response whose body has not arrived.
    pub(crate) fn take_head(&self) -> Option<Head> {
        self.lock().head.take()
    }

    /// Records that the request may be written from now on, and returns the state before, in one step.
    fn start(&self) -> State {
        let mut inner = self.lock();
        let before = inner.state;
        inner.state = before.after(Event::Started);
        before
    }

    /// Applies an event and returns the state after it.
    fn record(&self, event: Event) -> State {
        let mut inner = self.lock();
        inner.state = inner.state.after(event);
        inner.state
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Omits the response, in which a server may repeat a secret.
impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("state", &self.state)
            .field("has_timed_out", &self.has_timed_out)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
    use std::task::Poll;

    use http::{HeaderMap, StatusCode};

    use super::SendTracker;
    use crate::error::sent::Sent;

    #[test]
    fn a_request_that_started_or_was_never_queued_cannot_be_canceled() {
        let unknown = SendTracker::default();
        assert_eq!(unknown.cancel(), Sent::Whole);
        assert!(unknown.try_start());
        assert_eq!(unknown.cancel(), Sent::Whole);
        let started = SendTracker::default();
        started.queued();
        assert!(started.try_start());
        started.queued();
        assert_eq!(started.cancel(), Sent::Whole);
        assert!(started.try_start());
    }

    #[test]
    fn a_request_that_is_queued_again_has_no_head() {
        let tracker = SendTracker::default();
        tracker.queued();
        tracker.response_started(StatusCode::SERVICE_UNAVAILABLE, HeaderMap::new());
        tracker.queued();
        assert!(tracker.take_head().is_none());
    }

    #[test]
    fn the_callback_runs_once_when_the_request_starts() {
        let count = Arc::new(AtomicU8::new(0));
        let watched = || {
            let (tracker, count) = (SendTracker::default(), Arc::clone(&count));
            tracker.on_start(move || _ = count.fetch_add(1, Ordering::Relaxed));
            tracker.queued();
            tracker
        };
        let canceled = watched();
        assert_eq!(canceled.cancel(), Sent::Nothing);
        assert!(!canceled.try_start());
        assert_eq!(count.load(Ordering::Relaxed), 0);
        let started = watched();
        assert!(started.try_start() && started.clone().try_start());
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_replaced_callback_may_use_the_tracker_when_it_is_dropped() {
        struct Cancels(SendTracker);
        impl Drop for Cancels {
            fn drop(&mut self) {
                assert_eq!(self.0.cancel(), Sent::Nothing);
            }
        }
        let tracker = SendTracker::default();
        tracker.queued();
        let cancels = Cancels(tracker.clone());
        tracker.on_start(move || drop(cancels));
        tracker.on_start(|| ());
        assert!(!tracker.try_start());
    }

    #[test]
    fn a_canceled_request_never_starts() {
        let canceled = SendTracker::default();
        canceled.queued();
        for _ in 0..2 {
            assert_eq!(canceled.cancel(), Sent::Nothing);
            assert!(!canceled.try_start());
            canceled.queued();
        }
    }

    #[test]
    fn either_starting_or_canceling_succeeds() {
        for _ in 0..1_000 {
            let tracker = SendTracker::default();
            tracker.queued();
            let (canceled, started) = std::thread::scope(|scope| {
                let starting = scope.spawn(|| tracker.try_start());
                (tracker.cancel() == Sent::Nothing, starting.join().unwrap())
            });
            assert_ne!(started, canceled);
        }
    }

    /// Offers ten bytes, of which so many are taken; none at all for an error.
    fn offer(tracker: &SendTracker, taken: Option<usize>) {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        let written = tracker.write_tracked(10, || Poll::Ready(taken.ok_or_else(broken)));
        assert_eq!(matches!(written, Poll::Ready(Ok(_))), taken.is_some());
    }

    #[test]
    fn the_last_offer_decides_how_much_was_sent() {
        for (offers, sent) in [
            (&[][..], Sent::Nothing),
            (&[None], Sent::Nothing),
            (&[Some(1)], Sent::Part),
            (&[Some(9), None], Sent::Part),
            (&[Some(9), Some(10)], Sent::Whole),
            (&[Some(10)], Sent::Whole),
            // Once possibly sent, always possibly sent.
            (&[Some(10), Some(1)], Sent::Whole),
            (&[Some(10), None], Sent::Whole),
        ] {
            let tracker = SendTracker::default();
            tracker.queued();
            for taken in offers {
                offer(&tracker, *taken);
            }
            assert_eq!(tracker.lock().state.sent(), sent, "{offers:?}");
            assert_eq!(tracker.cancel(), sent, "{offers:?}");
            assert_eq!(tracker.try_start(), sent == Sent::Whole, "{offers:?}");
            assert_eq!(tracker.cancel(), sent, "{offers:?}");
        }
    }

    // U26
    #[test]
    fn the_callback_runs_when_the_first_byte_is_taken() {
        for (offers, is_started) in [
            (&[][..], false),
            (&[None, Some(0)], false),
            (&[None, Some(1)], true),
            (&[Some(9), None], true),
        ] {
            let started = Arc::new(AtomicBool::new(false));
            let tracker = SendTracker::default();
            let flag = Arc::clone(&started);
            tracker.on_start(move || flag.store(true, Ordering::Relaxed));
            tracker.queued();
            assert!(tracker.write_tracked(10, || Poll::Pending).is_pending());
            for taken in offers {
                offer(&tracker, *taken);
            }
            assert_eq!(started.load(Ordering::Relaxed), is_started, "{offers:?}");
        }
    }

    #[test]
    fn a_pending_write_takes_nothing() {
        let tracker = SendTracker::default();
        tracker.queued();
        assert!(tracker.write_tracked(10, || Poll::Pending).is_pending());
        assert_eq!(tracker.lock().state.sent(), Sent::Nothing);
        offer(&tracker, Some(3));
        assert!(tracker.write_tracked(7, || Poll::Pending).is_pending());
        assert_eq!(tracker.cancel(), Sent::Part);
    }

    #[test]
    fn a_failed_attempt_is_written_again_only_when_it_is_queued_again() {
        for (offers, sent) in [(&[][..], Sent::Nothing), (&[Some(1)], Sent::Part)] {
            let tracker = SendTracker::default();
            tracker.queued();
            for taken in offers {
                offer(&tracker, *taken);
            }
            assert_eq!(tracker.attempt_failed(), sent);
            assert!(!tracker.try_start());
            tracker.queued();
            offer(&tracker, None);
            assert_eq!(tracker.attempt_failed(), sent);
            tracker.queued();
            offer(&tracker, Some(10));
            assert_eq!(tracker.attempt_failed(), Sent::Whole);
            tracker.queued();
            // Which of two requests was sent is unknown.
            offer(&tracker, Some(1));
            assert_eq!(tracker.attempt_failed(), Sent::Whole);
        }
    }

    #[test]
    fn nothing_is_written_of_a_canceled_request() {
        for (offers, sent) in [(&[][..], Sent::Nothing), (&[Some(1)], Sent::Part)] {
            let tracker = SendTracker::default();
            tracker.queued();
            for taken in offers {
                offer(&tracker, *taken);
            }
            assert_eq!(tracker.cancel(), sent);
            let written = tracker.write_tracked(9, || panic!("it must not be written"));
            assert!(matches!(written, Poll::Ready(Err(_))));
            assert_eq!(tracker.cancel(), sent);
        }
    }
}
