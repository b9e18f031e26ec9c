//! A request that leaves piece by piece.

use std::io;
use std::task::Poll;

use super::{Departure, ENDED, HELD, LEFT, REST_ENDED, REST_HELD, Sent};

impl Departure {
    /// Keeps the rest from leaving after a failure, and says what has left. A request that is held again may leave again.
    pub(crate) fn end(&self) -> Sent {
        self.change(HELD, ENDED);
        self.change(REST_HELD, REST_ENDED);
        self.sent()
    }

    /// Writes all that is left of the request, `offered` bytes, or as much of it as is taken; nothing once it was recalled.
    pub(crate) fn leave_by(
        &self,
        offered: usize,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let before = self.state();
        if !self.may_leave() {
            return Poll::Ready(Err(io::Error::other("the request was recalled")));
        }
        let written = write();
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.tell_left();
        }
        if matches!(before, HELD | REST_HELD) {
            match written {
                Poll::Ready(Ok(taken)) if taken >= offered => {}
                Poll::Ready(Ok(1..)) => self.change(LEFT, REST_HELD),
                _ => self.change(LEFT, before),
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Poll;

    use crate::{Departure, Sent};

    /// Offers ten bytes, of which so many are taken; none at all for an error.
    fn offer(departure: &Departure, taken: Option<usize>) {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        let written = departure.leave_by(10, || Poll::Ready(taken.ok_or_else(broken)));
        assert_eq!(matches!(written, Poll::Ready(Ok(_))), taken.is_some());
    }

    #[test]
    fn the_last_offer_tells_how_much_has_left() {
        for (offers, sent) in [
            (&[][..], Sent::Nothing),
            (&[None], Sent::Nothing),
            (&[Some(1)], Sent::Part),
            (&[Some(9), None], Sent::Part),
            (&[Some(9), Some(10)], Sent::Whole),
            (&[Some(10)], Sent::Whole),
            // What may have left once may have left, whatever comes after.
            (&[Some(10), Some(1)], Sent::Whole),
            (&[Some(10), None], Sent::Whole),
        ] {
            let departure = Departure::default();
            departure.hold();
            for taken in offers {
                offer(&departure, *taken);
            }
            assert_eq!(departure.sent(), sent, "{offers:?}");
            assert_eq!(departure.recall(), sent, "{offers:?}");
            assert_eq!(departure.leave(), sent == Sent::Whole, "{offers:?}");
            assert_eq!(departure.recall(), sent, "{offers:?}");
        }
    }

    // U26
    #[test]
    fn the_first_byte_that_is_taken_is_told() {
        for (offers, is_told) in [
            (&[][..], false),
            (&[None, Some(0)], false),
            (&[None, Some(1)], true),
            (&[Some(9), None], true),
        ] {
            let told = Arc::new(AtomicBool::new(false));
            let departure = Departure::default();
            let teller = Arc::clone(&told);
            departure.on_leave(move || teller.store(true, Ordering::Relaxed));
            departure.hold();
            assert!(departure.leave_by(10, || Poll::Pending).is_pending());
            for taken in offers {
                offer(&departure, *taken);
            }
            assert_eq!(told.load(Ordering::Relaxed), is_told, "{offers:?}");
        }
    }

    #[test]
    fn a_write_that_has_to_wait_takes_nothing() {
        let departure = Departure::default();
        departure.hold();
        assert!(departure.leave_by(10, || Poll::Pending).is_pending());
        assert_eq!(departure.sent(), Sent::Nothing);
        offer(&departure, Some(3));
        assert!(departure.leave_by(7, || Poll::Pending).is_pending());
        assert_eq!(departure.recall(), Sent::Part);
    }

    #[test]
    fn what_has_ended_leaves_again_only_when_it_is_held_again() {
        for (offers, sent) in [(&[][..], Sent::Nothing), (&[Some(1)], Sent::Part)] {
            let departure = Departure::default();
            departure.hold();
            for taken in offers {
                offer(&departure, *taken);
            }
            assert_eq!(departure.end(), sent);
            assert!(!departure.leave());
            departure.hold();
            offer(&departure, None);
            assert_eq!(departure.end(), sent);
            departure.hold();
            offer(&departure, Some(10));
            assert_eq!(departure.end(), Sent::Whole);
            departure.hold();
            // Of two requests nobody can say which one left.
            offer(&departure, Some(1));
            assert_eq!(departure.end(), Sent::Whole);
        }
    }

    #[test]
    fn nothing_is_written_of_what_was_recalled() {
        for (offers, sent) in [(&[][..], Sent::Nothing), (&[Some(1)], Sent::Part)] {
            let departure = Departure::default();
            departure.hold();
            for taken in offers {
                offer(&departure, *taken);
            }
            assert_eq!(departure.recall(), sent);
            let written = departure.leave_by(9, || panic!("it must not leave"));
            assert!(matches!(written, Poll::Ready(Err(_))));
            assert_eq!(departure.recall(), sent);
        }
    }
}
