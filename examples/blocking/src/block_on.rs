//! An executor for the current thread, and a clock for it.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant, SystemTime};

use gatelet_transport::Clock;

thread_local! {
    /// The end of the earliest sleep on this thread.
    static WAKE_AT: Cell<Option<Instant>> = const { Cell::new(None) };
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread until it completes.
///
/// ```
/// assert_eq!(gatelet_blocking::block_on(async { 6 * 7 }), 42);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        WAKE_AT.set(None);
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        match WAKE_AT.get() {
            Some(moment) => thread::park_timeout(moment.saturating_duration_since(Instant::now())),
            None => thread::park(),
        }
    }
}

/// The system's clock, whose sleeps work under [`block_on`] alone.
#[derive(Clone, Debug)]
pub struct BlockingClock(Instant);

impl BlockingClock {
    /// Creates a clock whose monotonic time starts now.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for BlockingClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        let end = Instant::now().checked_add(duration);
        poll_fn(|_| match end {
            Some(end) if Instant::now() >= end => Poll::Ready(()),
            Some(end) => {
                let first = WAKE_AT.get().map_or(end, |other| other.min(end));
                WAKE_AT.set(Some(first));
                Poll::Pending
            }
            None => Poll::Pending,
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_ends_and_not_early() {
        let clock = BlockingClock::new();
        block_on(clock.sleep(Duration::from_millis(20)));
        assert!(clock.monotonic() >= Duration::from_millis(20));
    }

    #[test]
    fn another_thread_can_wake_this_one() {
        let (sender, receiver) = std::sync::mpsc::channel::<Waker>();
        let other = thread::spawn(move || receiver.recv().map(Waker::wake));
        let mut is_woken = false;
        block_on(poll_fn(|context| {
            if is_woken {
                return Poll::Ready(());
            }
            is_woken = true;
            sender.send(context.waker().clone()).unwrap();
            Poll::Pending
        }));
        other.join().unwrap().unwrap();
    }
}
