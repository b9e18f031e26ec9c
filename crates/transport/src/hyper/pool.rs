//! Connections that wait for their next request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::connection::Connection;
use super::origin::Origin;

/// The idle connections of one transport, and the HTTP/2 connections that are shared while they are used.
pub(super) struct Pool {
    capacity: usize,
    idle_timeout: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// In the order of their last use. There are few, so a list is quicker than a map.
    idle: Vec<Idle>,
    /// One for each runtime, because any of them may stand still.
    reapers: Vec<(Id, AbortHandle)>,
}

struct Idle {
    origin: Origin,
    connection: Connection,
    /// The runtime that drives it. Under another one nobody would know whether it stands still.
    runtime: Id,
    since: Instant,
}

impl Pool {
    pub(super) fn new(capacity: usize, idle_timeout: Duration) -> Arc<Self> {
        Arc::new(Self {
            capacity,
            idle_timeout,
            state: Mutex::default(),
        })
    }

    /// The connection to this origin that was used last, if one is still open and has room.
    pub(super) async fn take(&self, origin: &Origin) -> Option<Connection> {
        while let Some(connection) = self.pop(origin) {
            if connection.is_alive().await {
                return Some(connection);
            }
            self.remove(&connection);
        }
        None
    }

    fn pop(&self, origin: &Origin) -> Option<Connection> {
        let runtime = Handle::current().id();
        let mut state = self.state();
        // The reaper stands still with its runtime, and has then not looked for a while.
        state
            .idle
            .retain(|idle| idle.since.elapsed() < self.idle_timeout);
        let index = state.idle.iter().rposition(|idle| {
            idle.origin == *origin && idle.runtime == runtime && idle.connection.has_room()
        })?;
        let mut idle = state.idle.remove(index);
        if let Some(shared) = idle.connection.share() {
            idle.since = Instant::now();
            state.idle.push(idle);
            return Some(shared);
        }
        Some(idle.connection)
    }

    /// Keeps a connection on which nothing went wrong.
    pub(super) fn put(self: &Arc<Self>, origin: Origin, connection: Connection) {
        if self.capacity == 0 {
            return;
        }
        let runtime = Handle::current().id();
        let mut state = self.state();
        if connection.is_http2()
            && state
                .idle
                .iter()
                .any(|idle| idle.connection.is_same(&connection))
        {
            return;
        }
        if state.idle.len() >= self.capacity {
            state.idle.remove(0);
        }
        state.idle.push(Idle {
            origin,
            connection,
            runtime,
            since: Instant::now(),
        });
        state.reapers.retain(|(_, reaper)| !reaper.is_finished());
        if state.reapers.iter().all(|(of, _)| *of != runtime) {
            let reaper = tokio::spawn(reap(Arc::downgrade(self), self.idle_timeout));
            state.reapers.push((runtime, reaper.abort_handle()));
        }
    }

    /// Forgets a connection on which something went wrong; those who share it finish what they began.
    pub(super) fn remove(&self, connection: &Connection) {
        let mut state = self.state();
        state
            .idle
            .retain(|idle| !idle.connection.is_same(connection));
    }

    /// Forgets all connections to this origin; those who share one finish what they began.
    pub(super) fn clear(&self, origin: &Origin) {
        self.state().idle.retain(|idle| idle.origin != *origin);
    }

    /// Closes what has waited too long, and says when to look again.
    fn expire(&self) -> Option<Duration> {
        let runtime = Handle::current().id();
        let mut state = self.state();
        let timeout = self.idle_timeout;
        state
            .idle
            .retain(|idle| idle.since.elapsed() < timeout && idle.connection.is_ready());
        let oldest = state.idle.iter().map(|idle| idle.since.elapsed()).max();
        if oldest.is_none() {
            state.reapers.retain(|(of, _)| *of != runtime);
        }
        oldest.map(|age| timeout.saturating_sub(age))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for (_, reaper) in &self.state().reapers {
            reaper.abort();
        }
    }
}

/// Closes idle connections when their time has come, for as long as there are any.
async fn reap(pool: Weak<Pool>, mut wait: Duration) {
    loop {
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        tokio::time::sleep(wait).await;
        match pool.upgrade().and_then(|pool| pool.expire()) {
            Some(next) => wait = next.max(Duration::from_millis(1)),
            None => return,
        }
    }
}
