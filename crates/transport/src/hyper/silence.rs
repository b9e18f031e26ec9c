//! How long a connection has brought nothing to those who wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The silence of one connection; a clone is of the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Silence(Arc<Mutex<Option<Instant>>>);

impl Silence {
    /// Something was asked for. What was asked for before, and not answered by anything, goes on to count.
    pub(super) fn begin(&self) {
        self.since().get_or_insert_with(Instant::now);
    }

    /// Something was heard.
    pub(super) fn end(&self) {
        *self.since() = None;
    }

    /// Whether the peer may have gone without a word.
    pub(super) fn is_long(&self) -> bool {
        /// Who lives answers something by then: if not the request, so its window updates.
        const LONG: Duration = Duration::from_secs(1);

        self.since().is_some_and(|since| since.elapsed() >= LONG)
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
