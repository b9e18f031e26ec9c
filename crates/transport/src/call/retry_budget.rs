//! The retry budget that all calls of a channel share.

use std::sync::atomic::{AtomicU32, Ordering};

/// A bucket that retries draw from and successes refill, so that a server that is down is not flooded.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    available: AtomicU32,
    size: u32,
}

impl RetryBudget {
    pub(crate) fn new(size: u32) -> Self {
        Self {
            available: AtomicU32::new(size),
            size,
        }
    }

    /// Takes the cost of a retry; returns `false` if not enough is left.
    pub(crate) fn acquire(&self, cost: u32) -> bool {
        self.update(|available| available.checked_sub(cost))
    }

    /// Refunds the last retry after a success, or 1 for a call without one.
    pub(crate) fn refund(&self, refund: Option<u32>) {
        let amount = refund.unwrap_or(1);
        self.update(|available| Some(available.saturating_add(amount).min(self.size)));
    }

    // No other memory is ordered by this number.
    fn update(&self, next: impl FnMut(u32) -> Option<u32>) -> bool {
        self.available
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::RetryBudget;
    use std::sync::atomic::Ordering;

    impl RetryBudget {
        fn left(&self) -> u32 {
            self.available.load(Ordering::Relaxed)
        }
    }

    // T43
    #[test]
    fn success_refunds_the_last_retry() {
        let budget = RetryBudget::new(500);
        assert!(budget.acquire(14));
        assert_eq!(budget.left(), 486);
        assert!(budget.acquire(14));
        assert_eq!(budget.left(), 472);
        budget.refund(Some(14));
        assert_eq!(budget.left(), 486);
        assert!(budget.acquire(5));
        assert_eq!(budget.left(), 481);
    }

    // T43
    #[test]
    fn a_success_at_the_first_attempt_refunds_one_up_to_the_size() {
        let budget = RetryBudget::new(500);
        budget.refund(None);
        assert_eq!(budget.left(), 500);
        assert!(budget.acquire(14));
        budget.refund(None);
        assert_eq!(budget.left(), 487);
        budget.refund(Some(14));
        assert_eq!(budget.left(), 500);
    }

    // T43
    #[test]
    fn an_empty_budget_allows_no_retry() {
        let budget = RetryBudget::new(20);
        assert!(budget.acquire(14));
        assert!(!budget.acquire(14));
        assert_eq!(budget.left(), 6);
        assert!(budget.acquire(5));
        assert!(!RetryBudget::new(0).acquire(5));
    }

    // T43
    #[test]
    fn a_thousand_calls_to_a_server_that_is_down_get_35_retries() {
        let budget = RetryBudget::new(500);
        assert_eq!((0..2000).filter(|_| budget.acquire(14)).count(), 35);
    }
}
