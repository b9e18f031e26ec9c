//! A clock that tests advance.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::transport::clock::Clock;

/// The initial time of every manual clock: 2026-01-01T00:00:00Z.
const START: Duration = Duration::from_secs(1_767_225_600);

/// A clock that is advanced manually, or automatically to the end of each sleep; clones share it.
///
/// ```
/// use std::time::Duration;
/// use gatelet_transport::{Clock, testing::ManualClock};
///
/// let clock = ManualClock::new();
/// clock.advance(Duration::from_secs(5));
/// assert_eq!(clock.monotonic(), Duration::from_secs(5));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    monotonic: Duration,
    wall: SystemTime,
    advances_itself: bool,
    /// Keyed by sleep, so that one that is polled often counts once.
    sleepers: BTreeMap<u64, Waker>,
    sleeps_begun: u64,
    sleeps: Vec<Duration>,
}

impl ManualClock {
    /// Creates a clock that stands still until it is advanced, at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self::with(false)
    }

    /// Creates a clock that jumps to the end of every awaited sleep. It suits transports that respond at once; one that
    /// makes a call wait runs into its timeout.
    #[must_use]
    pub fn auto() -> Self {
        Self::with(true)
    }

    fn with(advances_itself: bool) -> Self {
        Self(Arc::new(Mutex::new(State {
            monotonic: Duration::ZERO,
            wall: UNIX_EPOCH + START,
            advances_itself,
            sleepers: BTreeMap::new(),
            sleeps_begun: 0,
            sleeps: Vec::new(),
        })))
    }

    /// Advances wall and monotonic time, and wakes the sleeps that end by then.
    pub fn advance(&self, by: Duration) {
        let sleepers = {
            let mut state = self.lock();
            state.pass(by);
            std::mem::take(&mut state.sleepers)
        };
        sleepers.into_values().for_each(Waker::wake);
    }

    /// Sets the wall time only, as when the machine's clock is set.
    pub fn set_now(&self, now: SystemTime) {
        self.lock().wall = now;
    }

    /// Returns the length of each completed sleep, in order of completion.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.lock().sleeps.clone()
    }

    /// Returns the number of pending sleeps.
    #[must_use]
    pub fn sleepers(&self) -> usize {
        self.lock().sleepers.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pass(&mut self, by: Duration) {
        self.monotonic = self.monotonic.saturating_add(by);
        self.wall = self.wall.checked_add(by).unwrap_or(self.wall);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.lock().wall
    }

    fn monotonic(&self) -> Duration {
        self.lock().monotonic
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.monotonic().saturating_add(duration);
        let sleep = Sleep::begin(self);
        poll_fn(|context| {
            let mut state = self.lock();
            if state.advances_itself {
                let left = end.saturating_sub(state.monotonic);
                state.pass(left);
            }
            if state.monotonic < end {
                state.sleepers.insert(sleep.number, context.waker().clone());
                return Poll::Pending;
            }
            state.sleeps.push(duration);
            Poll::Ready(())
        })
        .await;
    }
}

/// One sleep, until it ends or is dropped.
struct Sleep<'a> {
    clock: &'a ManualClock,
    number: u64,
}

impl<'a> Sleep<'a> {
    fn begin(clock: &'a ManualClock) -> Self {
        let mut state = clock.lock();
        state.sleeps_begun += 1;
        Self {
            clock,
            number: state.sleeps_begun,
        }
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        // Dropped after the lock is released: a waker may own the sleeping future.
        let _waker = self.clock.lock().sleepers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;
    use std::time::Duration;

    use super::ManualClock;
    use crate::transport::clock::Clock as _;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn a_sleep_ends_when_the_clock_has_moved_far_enough() {
        let clock = ManualClock::new();
        let began = clock.now();
        let mut sleep = Box::pin(clock.sleep(SECOND * 2));
        let mut is_over = async || {
            std::future::poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context).is_ready()))
                .await
        };
        assert!(!is_over().await && !is_over().await);
        assert_eq!(clock.sleepers(), 1);
        clock.advance(SECOND);
        assert!(!is_over().await);
        clock.advance(SECOND);
        assert!(is_over().await);
        assert_eq!(clock.sleeps(), [SECOND * 2]);
        assert_eq!(clock.now(), began + SECOND * 2);
    }

    #[tokio::test]
    async fn a_dropped_sleep_is_not_pending() {
        let clock = ManualClock::new();
        let mut sleep = Box::pin(clock.sleep(SECOND));
        std::future::poll_fn(|context| {
            assert!(sleep.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        drop(sleep);
        assert_eq!(clock.sleepers(), 0);
        assert!(clock.sleeps().is_empty());
    }

    #[tokio::test]
    async fn an_automatic_clock_moves_to_the_end_of_a_sleep() {
        let clock = ManualClock::auto();
        clock.sleep(SECOND).await;
        clock.sleep(SECOND).await;
        assert_eq!(clock.monotonic(), SECOND * 2);
    }
}
