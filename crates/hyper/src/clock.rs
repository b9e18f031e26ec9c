//! The system clock.

use std::future;
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::task::Task;
use gatelet_transport::Clock;

/// The system clock, with sleeps on the tokio runtime of the caller.
///
/// A sleep that begins outside a runtime never ends. A sleep whose runtime is dropped ends at once.
///
/// ```
/// use gatelet_hyper::TokioClock;
/// use gatelet_transport::Clock;
///
/// let clock = TokioClock::new();
/// let before = clock.monotonic();
/// assert!(clock.monotonic() >= before);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    start: Instant,
}

impl TokioClock {
    /// Returns a clock whose monotonic time starts now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    #[allow(clippy::disallowed_methods)] // The one place that reads the system clock.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        match Handle::try_current() {
            // A timer that is polled after its runtime was dropped panics. In a task of that runtime this cannot happen.
            #[allow(clippy::disallowed_methods)] // The one place that reads the system clock.
            Ok(runtime) => {
                Task::spawn(&runtime, async move { tokio::time::sleep(duration).await })
                    .await
                    .unwrap_or_default();
            }
            Err(_) => future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::TokioClock;
    use gatelet_transport::Clock;

    #[tokio::test(start_paused = true)]
    async fn a_sleep_lasts_its_duration() {
        let clock = TokioClock::new();
        clock.sleep(Duration::from_secs(3600)).await;
        assert!(clock.monotonic() >= Duration::from_secs(3600));
    }

    #[test]
    fn a_sleep_ends_when_its_runtime_is_dropped() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let handle = runtime.handle().clone();
        let (started, wait) = std::sync::mpsc::channel();
        let sleeper = std::thread::spawn(move || {
            handle.block_on(async {
                started.send(()).unwrap();
                TokioClock::new().sleep(Duration::from_secs(3600)).await;
            });
        });
        wait.recv().unwrap();
        drop(runtime);
        sleeper.join().unwrap();
    }
}
