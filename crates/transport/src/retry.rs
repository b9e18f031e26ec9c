//! When a failed attempt is made again.

use std::time::Duration;

/// How often a call is tried, and how long it waits in between.
///
/// ```
/// let patient = gatelet_transport::RetryPolicy::default().max_attempts(5);
/// let once = gatelet_transport::RetryPolicy::never();
/// # let _ = (patient, once);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    throttled_base_delay: Duration,
    max_delay: Duration,
    max_server_delay: Duration,
    quota: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(50),
            throttled_base_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(20),
            max_server_delay: Duration::from_secs(60),
            quota: 500,
        }
    }
}

impl RetryPolicy {
    /// One attempt and no more.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the number of attempts, the first one included; default 3, at least 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }
}
