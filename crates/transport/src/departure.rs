//! Whether a request has left, for those who have given up waiting for its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use http::Request;

/// Tells whether a request may have left a transport whose future was dropped; a clone tells of the same request.
///
/// An attempt that runs out of time counts as sent, because a dropped future says nothing. But a request may also have waited
/// for its turn or for a connection all that time, and then the call may safely be made again. So a channel puts a
/// `Departure` into the extensions of each request. A transport that makes requests wait says [`hold`](Self::hold) when it
/// takes one, and [`leave`](Self::leave) before the first byte may be written; any other transport needs to do nothing.
///
/// ```
/// use gatelet_transport::Departure;
///
/// let request = http::Request::new(bytes::Bytes::new());
/// let departure = Departure::of(&request);
/// departure.hold();
/// assert!(departure.recall()); // still here, and here it stays:
/// assert!(!departure.leave());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Departure(Arc<AtomicU8>);

const UNKNOWN: u8 = 0;
const HELD: u8 = 1;
const LEFT: u8 = 2;
const RECALLED: u8 = 3;

impl Departure {
    /// The departure of a request, or one that nobody else looks at where the request has none.
    pub fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Says that the request waits, and that [`leave`](Self::leave) will be asked before it leaves.
    pub fn hold(&self) {
        self.change(UNKNOWN, HELD);
    }

    /// Asks whether the request may leave, which counts as sent from now on. After `false` it was recalled and must not.
    #[must_use]
    pub fn leave(&self) -> bool {
        self.change(UNKNOWN, LEFT) || self.change(HELD, LEFT) || self.state() == LEFT
    }

    /// Keeps a request that waits from ever leaving. `false` when it may have left, or when nobody holds it.
    #[must_use]
    pub fn recall(&self) -> bool {
        self.change(HELD, RECALLED) || self.state() == RECALLED
    }

    fn change(&self, from: u8, to: u8) -> bool {
        self.0
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    fn state(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::Departure;

    #[test]
    fn a_request_that_left_or_was_never_held_cannot_be_recalled() {
        let unknown = Departure::default();
        assert!(!unknown.recall() && unknown.leave() && !unknown.recall());
        let left = Departure::default();
        left.hold();
        assert!(left.leave() && !left.recall());
        left.hold();
        assert!(!left.recall() && left.leave());
    }

    #[test]
    fn a_request_that_was_recalled_never_leaves() {
        let recalled = Departure::default();
        recalled.hold();
        assert!(recalled.recall() && recalled.recall() && !recalled.leave());
        recalled.hold();
        assert!(!recalled.leave());
    }

    #[test]
    fn of_leaving_and_recalling_at_once_exactly_one_succeeds() {
        for _ in 0..1_000 {
            let departure = Departure::default();
            departure.hold();
            let (left, recalled) = std::thread::scope(|scope| {
                let leaving = scope.spawn(|| departure.leave());
                (departure.recall(), leaving.join().unwrap())
            });
            assert_ne!(left, recalled);
        }
    }
}
