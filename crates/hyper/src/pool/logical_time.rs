//! The order of events, such as the opening of connections and the beginning of exchanges.

use std::sync::atomic::{AtomicU64, Ordering};

/// A position in the order of events, which also orders those of the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogicalTime(u64);

impl LogicalTime {
    /// Returns a time later than all earlier ones.
    pub(crate) fn now() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);

        Self(NEXT.fetch_add(1, Ordering::AcqRel))
    }
}
