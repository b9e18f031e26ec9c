//! Time as a trait, so that tests of retries and deadlines need no real time.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::future::boxed::BoxFuture;

/// Wall time, monotonic time and sleep.
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
///
/// struct ThreadClock(Instant);
///
/// impl gatelet_transport::Clock for ThreadClock {
///     fn now(&self) -> SystemTime { SystemTime::now() }
///     fn monotonic(&self) -> Duration { self.0.elapsed() }
///     async fn sleep(&self, duration: Duration) { std::thread::sleep(duration) }
/// }
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Returns the wall-clock time, which may jump. Used only for dates from servers.
    fn now(&self) -> SystemTime;

    /// Returns the time since a fixed moment, which never goes back. Deadlines use it.
    fn monotonic(&self) -> Duration;

    /// Waits for this much monotonic time; dropping the future cancels the wait.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The object-safe form of [`Clock`].
trait DynClock: Send + Sync {
    fn now(&self) -> SystemTime;
    fn monotonic(&self) -> Duration;
    fn sleep_boxed(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

impl<T: Clock> DynClock for T {
    fn now(&self) -> SystemTime {
        Clock::now(self)
    }

    fn monotonic(&self) -> Duration {
        Clock::monotonic(self)
    }

    fn sleep_boxed(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.sleep(duration))
    }
}

/// A type-erased clock; clones share it.
#[derive(Clone)]
pub struct AnyClock(Arc<dyn DynClock>);

impl AnyClock {
    /// Wraps a clock.
    pub fn new(clock: impl Clock) -> Self {
        Self(Arc::new(clock))
    }
}

impl Clock for AnyClock {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.0.sleep_boxed(duration)
    }
}

impl fmt::Debug for AnyClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyClock")
    }
}

impl<T: Clock> Clock for Arc<T> {
    fn now(&self) -> SystemTime {
        Clock::now(self.as_ref())
    }

    fn monotonic(&self) -> Duration {
        Clock::monotonic(self.as_ref())
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        Clock::sleep(self.as_ref(), duration)
    }
}
