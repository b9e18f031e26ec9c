//! The retry quota that all calls of a channel share.

use std::sync::atomic::{AtomicU32, Ordering};

/// A bucket that retries take from and successes give to, so that a server that is down is not met by a crowd.
#[derive(Debug)]
pub(crate) struct Quota {
    available: AtomicU32,
    size: u32,
}

impl Quota {
    pub(crate) fn new(size: u32) -> Self {
        Self {
            available: AtomicU32::new(size),
            size,
        }
    }

    /// Takes the cost of a retry; `false` when there is not enough left.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.change(|available| available.checked_sub(cost))
    }

    /// Gives back after a success: what the last retry took, or one for a call without a retry.
    pub(crate) fn give_back(&self, last_cost: Option<u32>) {
        let amount = last_cost.unwrap_or(1);
        self.change(|available| Some(available.saturating_add(amount).min(self.size)));
    }

    // Nothing else is ordered by this number, so the weakest ordering serves.
    fn change(&self, next: impl FnMut(u32) -> Option<u32>) -> bool {
        self.available
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Quota;
    use std::sync::atomic::Ordering;

    impl Quota {
        fn left(&self) -> u32 {
            self.available.load(Ordering::Relaxed)
        }
    }

    // T43
    #[test]
    fn success_refunds_the_last_retry() {
        let quota = Quota::new(500);
        assert!(quota.take(14));
        assert_eq!(quota.left(), 486);
        assert!(quota.take(14));
        assert_eq!(quota.left(), 472);
        quota.give_back(Some(14));
        assert_eq!(quota.left(), 486);
        assert!(quota.take(5));
        assert_eq!(quota.left(), 481);
    }

    // T43
    #[test]
    fn a_success_at_the_first_attempt_adds_one_up_to_the_size() {
        let quota = Quota::new(500);
        quota.give_back(None);
        assert_eq!(quota.left(), 500);
        assert!(quota.take(14));
        quota.give_back(None);
        assert_eq!(quota.left(), 487);
        quota.give_back(Some(14));
        assert_eq!(quota.left(), 500);
    }

    // T43
    #[test]
    fn an_empty_bucket_gives_nothing() {
        let quota = Quota::new(20);
        assert!(quota.take(14));
        assert!(!quota.take(14));
        assert_eq!(quota.left(), 6);
        assert!(quota.take(5));
        assert!(!Quota::new(0).take(5));
    }

    // T43
    #[test]
    fn a_thousand_calls_to_a_server_that_is_down_get_35_retries() {
        let quota = Quota::new(500);
        assert_eq!((0..2000).filter(|_| quota.take(14)).count(), 35);
    }
}
