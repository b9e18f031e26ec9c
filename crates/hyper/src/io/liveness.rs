//! How long the requests on a connection have waited without a sign of life.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Measures how long requests have waited since a connection last delivered a part of a response; clones share it.
///
/// A caller that drops a call does not say why. One that lost interest must not cost others a healthy connection, and one whose
/// own timeout passed must not get the same dead connection again. So the waits add up, also those of calls that were dropped,
/// until any response makes progress. Pings, settings and window updates do not count: a peer whose streams have all stalled
/// still sends them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Liveness(Arc<Mutex<Waits>>);

#[derive(Debug, Default)]
struct Waits {
    requests: usize,
    /// When these requests began to wait.
    since: Option<Instant>,
    /// How long earlier requests had waited.
    earlier: Duration,
}

impl Waits {
    fn total(&self) -> Duration {
        let now = self.since.map(|since| since.elapsed()).unwrap_or_default();
        self.earlier.saturating_add(now)
    }
}

impl Liveness {
    /// Counts a request as waiting until the guard is dropped.
    pub(crate) fn request_sent(&self) -> PendingResponse {
        let mut waits = self.waits();
        waits.requests = waits.requests.saturating_add(1);
        waits.since.get_or_insert_with(Instant::now);
        drop(waits);
        PendingResponse(self.clone())
    }

    /// Records that a part of a response arrived.
    pub(crate) fn data_received(&self) {
        let mut waits = self.waits();
        waits.earlier = Duration::ZERO;
        waits.since = (waits.requests > 0).then(Instant::now);
    }

    /// Returns whether requests have waited so long that the peer has probably vanished.
    pub(crate) fn is_unresponsive(&self) -> bool {
        /// A healthy API normally begins its response within this time. Where it does not, that costs one handshake.
        const UNRESPONSIVE_AFTER: Duration = Duration::from_secs(1);

        self.waits().total() >= UNRESPONSIVE_AFTER
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a request as waiting until dropped.
#[derive(Debug)]
pub(crate) struct PendingResponse(Liveness);

impl PendingResponse {
    pub(crate) fn liveness(&self) -> &Liveness {
        &self.0
    }
}

impl Drop for PendingResponse {
    fn drop(&mut self) {
        let mut waits = self.0.waits();
        waits.requests = waits.requests.saturating_sub(1);
        if waits.requests == 0 {
            waits.earlier = waits.total();
            waits.since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Liveness;

    async fn advance(milliseconds: u64) {
        tokio::time::advance(Duration::from_millis(milliseconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_time_in_which_a_request_waits_counts() {
        let liveness = Liveness::default();
        let first = liveness.request_sent();
        advance(600).await;
        drop(first);
        advance(60_000).await;
        assert!(!liveness.is_unresponsive());
        let (second, third) = (liveness.request_sent(), liveness.request_sent());
        advance(399).await;
        drop(second);
        assert!(!liveness.is_unresponsive());
        advance(1).await;
        assert!(liveness.is_unresponsive());
        drop(third);
        assert!(liveness.is_unresponsive());
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_of_a_response_resets_the_wait() {
        let liveness = Liveness::default();
        let waiting = liveness.request_sent();
        advance(5_000).await;
        liveness.data_received();
        assert!(!liveness.is_unresponsive());
        advance(999).await;
        assert!(!liveness.is_unresponsive());
        advance(1).await;
        assert!(liveness.is_unresponsive());
        liveness.data_received();
        drop(waiting);
        advance(5_000).await;
        assert!(!liveness.is_unresponsive());
    }
}
