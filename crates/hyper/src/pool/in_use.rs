//! The connection that an exchange is waiting on, for a caller that drops the exchange.

use std::sync::{Arc, Mutex, PoisonError};

use crate::io::liveness::PendingResponse;
use crate::io::status_tap::StatusTap;
use crate::origin::Origin;
use crate::pool::connection::Connection;
use crate::pool::logical_time::LogicalTime;
use crate::pool::pool::Pool;
use crate::pool::tasks::RetireHandle;
use gatelet_transport::SendTracker;

/// The connection on which an exchange is waiting for its response, if it is; clones share it.
///
/// The exchange runs in a task, which ends a little after the caller dropped the call. By then the next attempt may have acquired
/// a connection. So the caller decides about this one.
#[derive(Clone, Default)]
pub(crate) struct InUse(Arc<Mutex<Option<Usage>>>);

struct Usage {
    origin: Origin,
    began: LogicalTime,
    connection: RetireHandle,
    waiting: PendingResponse,
    status_tap: StatusTap,
    tracker: SendTracker,
}

impl InUse {
    /// Records that a request is sent on this connection.
    pub(crate) fn begin(&self, origin: &Origin, connection: &Connection, tracker: &SendTracker) {
        let usage = Usage {
            origin: origin.clone(),
            began: LogicalTime::now(),
            connection: connection.retire_handle(),
            waiting: connection.request_sent(),
            status_tap: connection.status_tap().clone(),
            tracker: tracker.clone(),
        };
        drop(self.replace(Some(usage)));
    }

    /// Records a response or failure. Returns when the request was sent.
    pub(crate) fn end(&self) -> Option<LogicalTime> {
        self.replace(None).map(|usage| usage.began)
    }

    /// Handles a dropped call. If its attempt timed out or the connection is unresponsive, the next request must not get this
    /// connection.
    pub(crate) fn abandon(&self, pool: &Pool) {
        let Some(usage) = self.replace(None) else {
            return;
        };
        // The status of a refusal counts, even if its head is incomplete.
        if !usage.tracker.has_head()
            && let (Some(status), Some(fields)) =
                (usage.status_tap.status(), usage.status_tap.refusal_fields())
        {
            usage.tracker.response_started(status, fields);
        }
        if usage.tracker.has_timed_out() || usage.waiting.liveness().is_unresponsive() {
            // It may be in use by others, so the pool need not contain it now.
            usage.connection.retire();
            pool.suspect(&usage.origin, usage.began);
        }
    }

    fn replace(&self, usage: Option<Usage>) -> Option<Usage> {
        std::mem::replace(
            &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner),
            usage,
        )
    }
}
