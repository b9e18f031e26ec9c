//! Connections that wait for their next request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::origin::Origin;
use crate::pool::connection::{Connection, LogicalTime};

/// The idle connections of one transport, and the HTTP/2 connections that are shared while they are used.
pub(crate) struct Pool {
    settings: PoolSettings,
    state: Mutex<State>,
}

/// What a pool keeps, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct PoolSettings {
    /// The most connections, of all origins together.
    pub(crate) capacity: usize,
    pub(crate) idle_timeout: Duration,
    /// From the end of the handshake.
    pub(crate) max_age: Duration,
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
    /// For how long it may wait.
    timeout: Duration,
}

impl Idle {
    /// How long it may still wait, and be used after that. One that somebody uses is not idle.
    fn time_left(&self, max_age: Duration) -> Duration {
        let young = max_age.saturating_sub(self.connection.age());
        let idle = if self.connection.has_users() {
            Duration::ZERO
        } else {
            self.since.elapsed()
        };
        young.min(self.timeout.saturating_sub(idle))
    }
}

impl Pool {
    pub(crate) fn new(settings: PoolSettings) -> Arc<Self> {
        Arc::new(Self {
            settings,
            state: Mutex::default(),
        })
    }

    /// Whether it keeps any connection, so that others can use it.
    pub(crate) fn keeps_any(&self) -> bool {
        let PoolSettings {
            capacity,
            idle_timeout,
            max_age,
        } = self.settings;
        capacity > 0 && !idle_timeout.is_zero() && !max_age.is_zero()
    }

    /// The connection to this origin that was used last, if one is still open and has room.
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
        // The reaper stands still with its runtime, and has then not looked for a while.
        let max_age = self.settings.max_age;
        state.idle.retain(|idle| !idle.time_left(max_age).is_zero());
        let index = state.idle.iter().rposition(|idle| {
            idle.origin == *origin && idle.runtime == runtime && idle.connection.has_capacity()
        })?;
        let mut idle = state.idle.remove(index);
        if let Some(shared) = idle.connection.clone_handle() {
            idle.since = Instant::now();
            state.idle.push(idle);
            return Some(shared);
        }
        Some(idle.connection)
    }

    /// Keeps a connection on which nothing went wrong, for no longer than its server says that it waits.
    pub(crate) fn put(
        self: &Arc<Self>,
        origin: Origin,
        connection: Connection,
        server_waits: Option<Duration>,
    ) {
        let PoolSettings {
            capacity,
            idle_timeout,
            max_age,
        } = self.settings;
        let timeout = server_waits.unwrap_or(Duration::MAX).min(idle_timeout);
        let is_too_old = connection.is_retired() || connection.age() >= max_age;
        if !self.keeps_any() || timeout.is_zero() || is_too_old {
            return;
        }
        let runtime = Handle::current().id();
        let mut state = self.state();
        let mut kept = state.idle.iter_mut();
        if let Some(kept) = kept.find(|idle| idle.connection.is_same(&connection)) {
            kept.since = Instant::now();
            return;
        }
        if state.idle.len() >= capacity {
            state.idle.remove(0);
        }
        state.idle.push(Idle {
            origin,
            connection,
            runtime,
            since: Instant::now(),
            timeout,
        });
        state.reapers.retain(|(_, reaper)| !reaper.is_finished());
        if state.reapers.iter().all(|(of, _)| *of != runtime) {
            let reaper = tokio::spawn(reap(Arc::downgrade(self), timeout.min(max_age)));
            state.reapers.push((runtime, reaper.abort_handle()));
        }
    }

    /// Forgets a connection on which something went wrong; those who share it finish what they began.
    pub(crate) fn remove(&self, connection: &Connection) {
        connection.retire();
        self.retire(|idle| idle.connection.is_same(connection));
    }

    /// Forgets the idle and the shared connections to this origin that were opened before an exchange began that failed; those
    /// who share one finish what they began. One of HTTP/1 that is in use shows by its own response whether it is well. What went wrong with one may have gone wrong with others of its
    /// age, and the next attempt shall not find out: a handshake is cheaper. The connections to a proxy that passes requests
    /// on belong to the server that they are for.
    pub(crate) fn suspect(&self, origin: &Origin, began: LogicalTime) {
        self.retire(|idle| idle.origin == *origin && idle.connection.opened() < began);
    }

    /// Forgets all connections to this origin; those who share one finish what they began.
    pub(crate) fn clear(&self, origin: &Origin) {
        self.retire(|idle| idle.origin == *origin);
    }

    fn retire(&self, is_unfit: impl Fn(&Idle) -> bool) {
        let mut state = self.state();
        for unfit in state.idle.extract_if(.., |idle| is_unfit(idle)) {
            unfit.connection.retire();
        }
    }

    /// Closes what has waited too long, and says when to look again.
    fn expire(&self) -> Option<Duration> {
        let runtime = Handle::current().id();
        let mut state = self.state();
        let max_age = self.settings.max_age;
        state
            .idle
            .retain(|idle| !idle.time_left(max_age).is_zero() && idle.connection.is_ready());
        let next = state.idle.iter().map(|idle| idle.time_left(max_age)).min();
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
