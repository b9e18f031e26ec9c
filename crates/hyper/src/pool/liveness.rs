//! How long those who use a connection have waited without an answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time for which requests have waited on one connection since it last brought a part of a response; a clone is of the
/// same connection.
///
/// Whoever drops a call does not say why. A caller that has changed its mind must not cost others a healthy connection, and
/// one whose own timeout has passed must not meet the same sick connection again. So the waits are added up, those of calls
/// that were dropped before too, and end with the first frame of any response: not with a ping, a setting or a window
/// update, which a peer can send whose streams all stand still.
#[derive(Clone, Debug, Default)]
pub(crate) struct Liveness(Arc<Mutex<Waits>>);

#[derive(Debug, Default)]
struct Waits {
    requests: usize,
    /// When the wait of those requests began.
    since: Option<Instant>,
    /// How long others had waited before them.
    before: Duration,
}

impl Waits {
    fn total(&self) -> Duration {
        let now = self.since.map(|since| since.elapsed()).unwrap_or_default();
        self.before.saturating_add(now)
    }
}

impl Liveness {
    /// Says that a request waits, until what is returned is dropped.
    pub(crate) fn request_sent(&self) -> PendingResponse {
        let mut waits = self.waits();
        waits.requests = waits.requests.saturating_add(1);
        waits.since.get_or_insert_with(Instant::now);
        drop(waits);
        PendingResponse(self.clone())
    }

    /// Says that a part of a response came.
    pub(crate) fn data_received(&self) {
        let mut waits = self.waits();
        waits.before = Duration::ZERO;
        waits.since = (waits.requests > 0).then(Instant::now);
    }

    /// Whether requests have waited for so long that the peer may no longer be there.
    pub(crate) fn is_unresponsive(&self) -> bool {
        /// A healthy API begins its response by then, as a rule; where it does not, that costs a handshake and nothing else.
        const LONG: Duration = Duration::from_secs(1);

        self.waits().total() >= LONG
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that waits.
#[derive(Debug)]
pub(crate) struct PendingResponse(Liveness);

impl PendingResponse {
    pub(crate) fn connection(&self) -> &Liveness {
        &self.0
    }
}

impl Drop for PendingResponse {
    fn drop(&mut self) {
        let mut waits = self.0.waits();
        waits.requests = waits.requests.saturating_sub(1);
        if waits.requests == 0 {
            waits.before = waits.total();
            waits.since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Liveness;

    async fn pass(milliseconds: u64) {
        tokio::time::advance(Duration::from_millis(milliseconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn only_time_in_which_somebody_waits_counts() {
        let liveness = Liveness::default();
        let first = liveness.request_sent();
        pass(600).await;
        drop(first);
        pass(60_000).await;
        assert!(!liveness.is_unresponsive());
        let (second, third) = (liveness.request_sent(), liveness.request_sent());
        pass(399).await;
        drop(second);
        assert!(!liveness.is_unresponsive());
        pass(1).await;
        assert!(liveness.is_unresponsive());
        drop(third);
        assert!(liveness.is_unresponsive());
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_of_a_response_ends_the_wait_of_all() {
        let liveness = Liveness::default();
        let waiting = liveness.request_sent();
        pass(5_000).await;
        liveness.data_received();
        assert!(!liveness.is_unresponsive());
        pass(999).await;
        assert!(!liveness.is_unresponsive());
        pass(1).await;
        assert!(liveness.is_unresponsive());
        liveness.data_received();
        drop(waiting);
        pass(5_000).await;
        assert!(!liveness.is_unresponsive());
    }
}
