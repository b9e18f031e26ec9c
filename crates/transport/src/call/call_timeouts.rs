//! Time limits that hold for every transport.

use std::time::Duration;

/// The time limits of an attempt and of a whole call, for every transport.
///
/// ```
/// use std::time::Duration;
///
/// let short = gatelet_transport::CallTimeouts::default().total(Duration::from_secs(10));
/// # let _ = short;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTimeouts {
    pub(crate) attempt: Duration,
    pub(crate) total: Duration,
}

impl Default for CallTimeouts {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(30),
            total: Duration::from_secs(90),
        }
    }
}

impl CallTimeouts {
    /// Sets the limit of one attempt; default 30 s.
    #[must_use]
    pub fn attempt(mut self, limit: Duration) -> Self {
        self.attempt = limit;
        self
    }

    /// Sets the limit of a whole call with its credential, attempts and waits; default 90 s.
    #[must_use]
    pub fn total(mut self, limit: Duration) -> Self {
        self.total = limit;
        self
    }
}
