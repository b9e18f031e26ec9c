//! How much of a request has left, also for those who have given up waiting for its answer.

#[cfg(feature = "hyper")]
mod piecewise;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, Request, StatusCode};

/// How much of a request the server may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum Sent {
    /// Nothing, or nothing that it will process: the request may be sent again, whatever it asks for.
    Nothing,
    /// Some of it, and surely not its end: it cannot have been applied, but it is not sent again unless it may arrive twice.
    Part,
    /// Perhaps all of it: when in doubt, say this.
    Whole,
}

/// Tells how much of a request may have left a transport whose future was dropped; a clone tells of the same request.
///
/// An attempt that runs out of time counts as sent, because a dropped future says nothing. But a request may also have waited
/// for its turn or for a connection all that time, and then the call may safely be made again. So a channel puts a
/// `Departure` into the extensions of each request. A transport that makes requests wait says [`hold`](Self::hold) when it
/// takes one, and [`leave`](Self::leave) before the first byte may be written; any other transport needs to do nothing.
///
/// ```
/// use gatelet_transport::{Departure, Sent};
///
/// let request = http::Request::new(bytes::Bytes::new());
/// let departure = Departure::of(&request);
/// departure.hold();
/// assert_eq!(departure.recall(), Sent::Nothing); // still here, and here it stays:
/// assert!(!departure.leave());
/// ```
///
/// It also says why a future was dropped: a channel says [`expire`](Self::expire) when the time of an attempt is over. A
/// transport that keeps connections asks [`has_expired`](Self::has_expired) then, and does not use the same connection for
/// the next attempt; a caller that has changed its mind says nothing about a connection.
///
/// Whoever wants to know when the request leaves says [`on_leave`](Self::on_leave).
///
/// And it keeps what has come back by then: a transport says [`answered`](Self::answered) when the head of the response is there,
/// before it reads the body. Then a `Retry-After` is not lost with a body that takes longer than the attempt may.
#[derive(Clone, Debug, Default)]
pub struct Departure(Arc<State>);

#[derive(Default)]
struct State {
    left: AtomicU8,
    has_expired: AtomicBool,
    head: Mutex<Option<Head>>,
    on_leave: Mutex<Option<OnLeave>>,
}

/// Wants to know that the first byte has left.
type OnLeave = Box<dyn FnOnce() + Send>;

/// Status and header fields of a response whose body is on its way.
type Head = Box<(StatusCode, HeaderMap)>;

const UNKNOWN: u8 = 0;
/// Nothing has left.
const HELD: u8 = 1;
/// Some has left, and the rest waits.
const REST_HELD: u8 = 2;
/// All may have left. There is no way back from here.
const LEFT: u8 = 3;
/// Nothing has left, and nothing ever will.
const RECALLED: u8 = 4;
/// Some has left, and the rest never will.
const REST_RECALLED: u8 = 5;
/// As [`HELD`] and [`REST_HELD`], after a failure that nothing may follow until it is held again.
const ENDED: u8 = 6;
const REST_ENDED: u8 = 7;

impl Departure {
    /// The departure of a request, or one that nobody else looks at where the request has none.
    pub fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Says that the request waits, and that [`leave`](Self::leave) will be asked before it leaves.
    pub fn hold(&self) {
        self.forget_answer();
        self.change(UNKNOWN, HELD);
        self.change(ENDED, HELD);
        self.change(REST_ENDED, REST_HELD);
    }

    /// Asks whether the request may leave, which counts as sent from now on. After `false` it was recalled and must not.
    #[must_use]
    pub fn leave(&self) -> bool {
        let may_leave = self.may_leave();
        if may_leave {
            self.tell_left();
        }
        may_leave
    }

    /// The same, before it is known whether a byte is taken.
    fn may_leave(&self) -> bool {
        for held in [UNKNOWN, HELD, REST_HELD] {
            self.change(held, LEFT);
        }
        self.state() == LEFT
    }

    /// Calls a function once, when the first byte of the request leaves; it replaces one that was given before. For a request that
    /// [nobody holds](Self::hold) that is never known, and the function is not called. It is called where the transport writes,
    /// so it must not block.
    ///
    /// ```
    /// use gatelet_transport::Departure;
    ///
    /// let request = http::Request::new(bytes::Bytes::new());
    /// let departure = Departure::of(&request);
    /// departure.on_leave(|| println!("on its way"));
    /// assert!(departure.leave());
    /// ```
    pub fn on_leave(&self, tell: impl FnOnce() + Send + 'static) {
        *lock(&self.0.on_leave) = Some(Box::new(tell));
    }

    fn tell_left(&self) {
        let tell = lock(&self.0.on_leave).take();
        if let Some(tell) = tell {
            tell();
        }
    }

    /// Says that the request waits here no longer, and goes on to others who may hold it again. After `false` it was recalled
    /// and must not.
    #[cfg(feature = "tower")]
    pub(crate) fn pass_on(&self) -> bool {
        self.change(HELD, UNKNOWN);
        !matches!(self.state(), RECALLED | REST_RECALLED)
    }

    /// Keeps what waits from ever leaving, and says what has left. A request that nobody holds may have left as a whole.
    #[must_use]
    pub fn recall(&self) -> Sent {
        self.change(HELD, RECALLED);
        self.change(REST_HELD, REST_RECALLED);
        self.sent()
    }

    /// Says that the time of the attempt is over, before the transport's future is dropped.
    pub fn expire(&self) {
        self.0.has_expired.store(true, Ordering::Release);
    }

    /// Whether the time of the attempt is over.
    #[must_use]
    pub fn has_expired(&self) -> bool {
        self.0.has_expired.load(Ordering::Acquire)
    }

    /// Keeps the head of the response, whose body is read next.
    ///
    /// ```
    /// use gatelet_transport::Departure;
    /// use http::{HeaderMap, HeaderValue, StatusCode, header};
    ///
    /// let request = http::Request::new(bytes::Bytes::new());
    /// let fields = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("7"))]);
    /// Departure::of(&request).answered(StatusCode::TOO_MANY_REQUESTS, fields);
    /// ```
    pub fn answered(&self, status: StatusCode, fields: HeaderMap) {
        *self.head() = Some(Box::new((status, fields)));
    }

    /// Drops the head that was kept, because the body has come or another response is waited for.
    pub(crate) fn forget_answer(&self) {
        let _ = self.take_head();
    }

    /// Whether there is the head of a response whose body has not come.
    #[cfg(feature = "hyper")]
    pub(crate) fn has_answer(&self) -> bool {
        self.head().is_some()
    }

    /// The head of a response whose body has not come.
    pub(crate) fn take_head(&self) -> Option<Head> {
        self.head().take()
    }

    fn head(&self) -> MutexGuard<'_, Option<Head>> {
        lock(&self.0.head)
    }

    /// What has left so far.
    fn sent(&self) -> Sent {
        match self.state() {
            HELD | RECALLED | ENDED => Sent::Nothing,
            REST_HELD | REST_RECALLED | REST_ENDED => Sent::Part,
            _ => Sent::Whole,
        }
    }

    fn change(&self, from: u8, to: u8) {
        // Where it is not `from` there is nothing to change.
        let _ = self
            .0
            .left
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
    }

    fn state(&self) -> u8 {
        self.0.left.load(Ordering::Acquire)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints nothing of a response: a server may repeat a secret in it.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("left", &self.left)
            .field("has_expired", &self.has_expired)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    use http::{HeaderMap, StatusCode};

    use super::{Departure, Sent};

    #[test]
    fn a_request_that_left_or_was_never_held_cannot_be_recalled() {
        let unknown = Departure::default();
        assert_eq!(unknown.recall(), Sent::Whole);
        assert!(unknown.leave());
        assert_eq!(unknown.recall(), Sent::Whole);
        let left = Departure::default();
        left.hold();
        assert!(left.leave());
        left.hold();
        assert_eq!(left.recall(), Sent::Whole);
        assert!(left.leave());
    }

    #[test]
    fn a_request_that_is_held_again_has_no_response_yet() {
        let departure = Departure::default();
        departure.hold();
        departure.answered(StatusCode::SERVICE_UNAVAILABLE, HeaderMap::new());
        departure.hold();
        assert!(departure.take_head().is_none());
    }

    #[test]
    fn whoever_waits_for_the_departure_is_told_of_it_once() {
        let count = Arc::new(AtomicU8::new(0));
        let watched = || {
            let (departure, count) = (Departure::default(), Arc::clone(&count));
            departure.on_leave(move || _ = count.fetch_add(1, Ordering::Relaxed));
            departure.hold();
            departure
        };
        let recalled = watched();
        assert_eq!(recalled.recall(), Sent::Nothing);
        assert!(!recalled.leave());
        assert_eq!(count.load(Ordering::Relaxed), 0);
        let left = watched();
        assert!(left.leave() && left.clone().leave());
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_request_that_was_recalled_never_leaves() {
        let recalled = Departure::default();
        recalled.hold();
        for _ in 0..2 {
            assert_eq!(recalled.recall(), Sent::Nothing);
            assert!(!recalled.leave());
            recalled.hold();
        }
    }

    #[test]
    fn of_leaving_and_recalling_at_once_exactly_one_succeeds() {
        for _ in 0..1_000 {
            let departure = Departure::default();
            departure.hold();
            let (recalled, left) = std::thread::scope(|scope| {
                let leaving = scope.spawn(|| departure.leave());
                (departure.recall() == Sent::Nothing, leaving.join().unwrap())
            });
            assert_ne!(left, recalled);
        }
    }
}
