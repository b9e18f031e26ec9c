//! The connections that another request can take: idle ones, and HTTP/2 connections in use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::origin::Origin;
use crate::pool::connection::Connection;
use crate::pool::logical_time::LogicalTime;

/// The idle connections of one transport, and the HTTP/2 connections that are shared while they are used.
///
/// An HTTP/1 connection is not in it while it is used.
pub(crate) struct Pool {
    settings: PoolSettings,
    state: Mutex<State>,
}

/// How many connections a pool keeps, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct PoolSettings {
    /// The limit for connections in the pool, to all origins together. One that is taken out for HTTP/1 does not count.
    pub(crate) max_kept: usize,
    /// Counted from the end of the last request; a server may announce a shorter time.
    pub(crate) idle_timeout: Duration,
    /// Counted from the handshake.
    pub(crate) max_age: Duration,
}

#[derive(Default)]
struct State {
    /// In the order of `last_used`. There are few, so a list is faster than a map.
    kept: Vec<Kept>,
    /// One for each runtime, because any runtime may stop.
    reapers: Vec<(Id, AbortHandle)>,
}

/// A connection in the pool.
struct Kept {
    origin: Origin,
    connection: Connection,
    /// The runtime that drives it. It is not used under another one, because this one may stop.
    runtime: Id,
    /// When it was last taken or put back. A dropped call puts nothing back.
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

impl State {
    /// Records that a shared connection was used. Returns false if it is not kept.
    fn touch(&mut self, connection: &Connection) -> bool {
        let mut kept = self.kept.iter();
        let Some(index) = kept.position(|kept| kept.connection.is_same(connection)) else {
            return false;
        };
        let mut used = self.kept.remove(index);
        used.last_used = Instant::now();
        self.kept.push(used);
        true
    }

    /// Drops the least recently used connection. One that is in use goes only if no other is idle.
    fn evict(&mut self) {
        let mut kept = self.kept.iter();
        let idle = kept.position(|kept| !kept.connection.has_users());
        self.kept.remove(idle.unwrap_or(0));
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

    /// Keeps a healthy connection, no longer than its server keeps it. The least recently used one makes room.
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
        if state.touch(&connection) {
            return;
        }
        if state.kept.len() >= max_kept {
            state.evict();
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

#[cfg(test)]
#[cfg(feature = "_tls")]
mod tests {
    use std::sync::Arc;

    use tokio::io::DuplexStream;
    use tokio::net::{TcpListener, TcpStream};

    use super::Pool;
    use crate::io::socket::Socket;
    use crate::origin::Origin;
    use crate::pool::connection::Connection;
    use crate::transport::HyperTransport;

    const LIMIT: usize = 2;

    /// A pool of [`LIMIT`] shared connections, and what they need to stay open.
    struct Fixture {
        transport: HyperTransport,
        /// Only for the probes, as is its listener.
        socket: Socket,
        _listener: TcpListener,
        peers: Vec<DuplexStream>,
    }

    impl Fixture {
        async fn new() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let stream = TcpStream::connect(listener.local_addr().unwrap()).await;
            let builder = HyperTransport::builder().max_idle_connections(LIMIT);
            Self {
                transport: builder.build(),
                socket: Socket::new(stream.unwrap()),
                _listener: listener,
                peers: Vec::new(),
            }
        }

        fn pool(&self) -> &Arc<Pool> {
            self.transport.shared.connections.pool()
        }

        /// Puts a new connection to this server into the pool.
        async fn open(&mut self, server: &str) {
            let (ours, theirs) = tokio::io::duplex(1024);
            self.peers.push(theirs);
            let limits = &self.transport.shared.settings.limits;
            let connection = Connection::http2(ours, self.socket.probe(), limits).await;
            self.release(server, connection.unwrap());
        }

        async fn take(&self, server: &str) -> Option<Connection> {
            self.pool().take(&origin(server)).await
        }

        fn release(&self, server: &str, connection: Connection) {
            self.pool().put(origin(server), connection, None);
        }
    }

    fn origin(server: &str) -> Origin {
        Origin::of(&format!("https://{server}").parse().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn the_connection_whose_last_use_ended_first_makes_room() {
        let mut pool = Fixture::new().await;
        pool.open("a").await;
        pool.open("b").await;
        let a = pool.take("a").await.unwrap();
        let b = pool.take("b").await.unwrap();
        pool.release("b", b);
        pool.release("a", a);
        pool.open("c").await;
        assert!(pool.take("a").await.is_some());
        assert!(pool.take("b").await.is_none());
        assert!(pool.take("c").await.is_some());
    }

    #[tokio::test]
    async fn an_idle_connection_makes_room_before_one_in_use() {
        let mut pool = Fixture::new().await;
        pool.open("a").await;
        pool.open("b").await;
        let in_use = pool.take("a").await.unwrap();
        let b = pool.take("b").await.unwrap();
        pool.release("b", b);
        pool.open("c").await;
        drop(in_use);
        assert!(pool.take("a").await.is_some());
        assert!(pool.take("b").await.is_none());
        assert!(pool.take("c").await.is_some());
    }
}
