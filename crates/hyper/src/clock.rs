//! The real clock.

use std::future;
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::task::Task;
use gatelet_transport::Clock;

/// The real time, with sleeps kept by the tokio runtime of the caller.
///
/// A sleep that begins outside any runtime never ends: there is nobody to keep it. A sleep whose runtime is dropped ends
/// at once.
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
    /// A clock whose monotonic time starts now.
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
    #[allow(clippy::disallowed_methods)] // This is the clock that everybody else asks.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        match Handle::try_current() {
            // A timer polled after its runtime has gone panics; inside a task of that runtime it cannot be.
            #[allow(clippy::disallowed_methods)] // This is the clock that everybody else asks.
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
    async fn a_sleep_takes_its_time() {
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
