//! The pool of idle connections.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::origin::Origin;
use crate::pool::connection::Connection;
use crate::pool::logical_time::LogicalTime;

/// The idle connections of one transport, and the HTTP/2 connections that are shared while they are used.
pub(crate) struct Pool {
    settings: PoolSettings,
    state: Mutex<State>,
}

/// How many connections a pool keeps, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct PoolSettings {
    /// The limit for connections, to all origins together.
    pub(crate) max_kept: usize,
    pub(crate) idle_timeout: Duration,
    /// Counted from the handshake.
    pub(crate) max_age: Duration,
}

#[derive(Default)]
struct State {
    /// In the order of last use. There are few, so a list is faster than a map.
    kept: Vec<Kept>,
    /// One for each runtime, because any runtime may stop.
    reapers: Vec<(Id, AbortHandle)>,
}

struct Kept {
    origin: Origin,
    connection: Connection,
    /// The runtime that drives it. It is not used under another one, because this one may stop.
    runtime: Id,
    last_used: Instant,
    /// How long it may be idle.
    idle_timeout: Duration,
}

impl Kept {
    /// Returns how long it can still be used. A connection with users is not idle.
    fn time_left(&self, max_age: Duration) -> Duration {
        let young = max_age.saturating_sub(self.connection.age());
        let idle = if self.connection.has_users() {
            Duration::ZERO
        } else {
            self.last_used.elapsed()
        };
        young.min(self.idle_timeout.saturating_sub(idle))
    }
}

impl Pool {
    pub(crate) fn new(settings: PoolSettings) -> Arc<Self> {
        Arc::new(Self {
            settings,
            state: Mutex::default(),
        })
    }

    /// Returns whether it keeps connections at all.
    pub(crate) fn keeps_any(&self) -> bool {
        let PoolSettings {
            max_kept,
            idle_timeout,
            max_age,
        } = self.settings;
        max_kept > 0 && !idle_timeout.is_zero() && !max_age.is_zero()
    }

    /// Takes the most recently used connection to this origin that is open and has capacity.
    pub(crate) async fn take(&self, origin: &Origin) -> Option<Connection> {
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
        // The reaper may not have run for a while, because its runtime stopped.
        let max_age = self.settings.max_age;
        state.kept.retain(|kept| !kept.time_left(max_age).is_zero());
        let index = state.kept.iter().rposition(|kept| {
            kept.origin == *origin && kept.runtime == runtime && kept.connection.has_capacity()
        })?;
        let mut kept = state.kept.remove(index);
        if let Some(shared) = kept.connection.clone_handle() {
            kept.last_used = Instant::now();
            state.kept.push(kept);
            return Some(shared);
        }
        Some(kept.connection)
    }

    /// Keeps a healthy connection, no longer than its server keeps it.
    pub(crate) fn put(
        self: &Arc<Self>,
        origin: Origin,
        connection: Connection,
        server_timeout: Option<Duration>,
    ) {
        let PoolSettings {
            max_kept,
            idle_timeout,
            max_age,
        } = self.settings;
        let idle_timeout = server_timeout.map_or(idle_timeout, |timeout| timeout.min(idle_timeout));
        let is_too_old = connection.is_retired() || connection.age() >= max_age;
        if !self.keeps_any() || idle_timeout.is_zero() || is_too_old {
            return;
        }
        let runtime = Handle::current().id();
        let mut state = self.state();
        let mut all = state.kept.iter_mut();
        if let Some(kept) = all.find(|kept| kept.connection.is_same(&connection)) {
            kept.last_used = Instant::now();
            return;
        }
        if state.kept.len() >= max_kept {
            state.kept.remove(0);
        }
        state.kept.push(Kept {
            origin,
            connection,
            runtime,
            last_used: Instant::now(),
            idle_timeout,
        });
        state.reapers.retain(|(_, reaper)| !reaper.is_finished());
        if state.reapers.iter().all(|(of, _)| *of != runtime) {
            let reaper = tokio::spawn(reap(Arc::downgrade(self), idle_timeout.min(max_age)));
            state.reapers.push((runtime, reaper.abort_handle()));
        }
    }

    /// Removes a connection that failed. Other requests on it continue.
    pub(crate) fn remove(&self, connection: &Connection) {
        connection.retire();
        self.retire(|kept| kept.connection.is_same(connection));
    }

    /// Removes the idle and shared connections to this origin that were opened before a failed exchange began. Other requests on
    /// them continue.
    ///
    /// What happened to one connection may have happened to others of its age, and a handshake is cheaper than another failed
    /// attempt. An HTTP/1 connection in use is not affected: its own response shows whether it works. Connections to a forward
    /// proxy count as connections to the server.
    pub(crate) fn suspect(&self, origin: &Origin, began: LogicalTime) {
        self.retire(|kept| kept.origin == *origin && kept.connection.opened() < began);
    }

    /// Removes all connections to this origin. Requests on them continue.
    pub(crate) fn clear(&self, origin: &Origin) {
        self.retire(|kept| kept.origin == *origin);
    }

    fn retire(&self, is_unfit: impl Fn(&Kept) -> bool) {
        let mut state = self.state();
        for unfit in state.kept.extract_if(.., |kept| is_unfit(kept)) {
            unfit.connection.retire();
        }
    }

    /// Closes expired connections, and returns when the next one expires.
    fn expire(&self) -> Option<Duration> {
        let runtime = Handle::current().id();
        let mut state = self.state();
        let max_age = self.settings.max_age;
        state
            .kept
            .retain(|kept| !kept.time_left(max_age).is_zero() && kept.connection.is_ready());
        let next = state.kept.iter().map(|kept| kept.time_left(max_age)).min();
        if next.is_none() {
            state.reapers.retain(|(of, _)| *of != runtime);
        }
        next
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

/// Closes idle connections when they expire, until there are none.
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
