//! The connection that an exchange waits on, also for whoever drops the exchange.

use std::sync::{Arc, Mutex, PoisonError};

use crate::io::liveness::PendingResponse;
use crate::io::status_tap::StatusTap;
use crate::origin::Origin;
use crate::pool::connection::{Connection, LogicalTime};
use crate::pool::pool::Pool;
use crate::pool::tasks::RetireHandle;
use gatelet_transport::SendTracker;

/// What an exchange waits on right now, if it waits for a response; a clone is of the same exchange.
///
/// The exchange runs in a task of its own, which ends a little after whoever waited for it has gone. By then the next attempt
/// may have looked for a connection. So this one is judged by the caller's side.
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
    /// A request goes out on this connection.
    pub(crate) fn begin(&self, origin: &Origin, connection: &Connection, tracker: &SendTracker) {
        let usage = Usage {
            origin: origin.clone(),
            began: LogicalTime::now(),
            connection: connection.retirement(),
            waiting: connection.request_sent(),
            status_tap: connection.status_tap().clone(),
            tracker: tracker.clone(),
        };
        drop(self.replace(Some(usage)));
    }

    /// The response came, or a failure. Returns when the request went out.
    pub(crate) fn end(&self) -> Option<LogicalTime> {
        self.replace(None).map(|usage| usage.began)
    }

    /// Nobody waits any more. If that is because a timeout has passed, or the connection has brought nothing for long, the
    /// next request must not meet it again.
    pub(crate) fn abandon(&self, pool: &Pool) {
        let Some(usage) = self.replace(None) else {
            return;
        };
        // A refusal counts, also where its head is not whole.
        if !usage.tracker.has_head()
            && let (Some(status), Some(fields)) =
                (usage.status_tap.status(), usage.status_tap.refusal_fields())
        {
            usage.tracker.response_started(status, fields);
        }
        if usage.tracker.has_timed_out() || usage.waiting.liveness().is_unresponsive() {
            // Others may use it and succeed, and the pool may not know it right now.
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
