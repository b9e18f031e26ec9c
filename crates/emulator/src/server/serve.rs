//! Serves the emulator on loopback HTTP, for other languages and processes.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use gatelet_models::Secret;
use hyper::rt::Timer;
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::emulator::emulator::Emulator;
use crate::server::connection::Service;
use crate::server::faults::FaultScript;

/// How long a shutdown waits for requests in flight.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause after a failed `accept`, which usually means that no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves an emulator on a loopback address. Port 0 picks a free port, see [`Server::address`].
///
/// ```
/// use gatelet_emulator::{Emulator, serve};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let server = serve(Emulator::memory()?, "127.0.0.1:0".parse()?).await?;
/// println!("listening on http://{}", server.address());
/// server.shutdown().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Those of [`Serve::start`].
pub async fn serve(emulator: Emulator, address: SocketAddr) -> io::Result<Server> {
    Serve::new(emulator).address(address).start().await
}

/// Builds a [`Server`].
pub struct Serve {
    service: Service,
    address: SocketAddr,
    beyond_loopback: bool,
}

impl Serve {
    /// Serves on `127.0.0.1` and a free port, unless [`address`](Self::address) is set.
    pub fn new(emulator: Emulator) -> Self {
        Self {
            service: Service::new(emulator),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            beyond_loopback: false,
        }
    }

    /// Sets the address to listen on.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Allows an address that other machines can reach. The emulator speaks plain HTTP and its development credentials
    /// are public, so allow it in an isolated network only.
    #[must_use]
    pub fn beyond_loopback(mut self, allow: bool) -> Self {
        self.beyond_loopback = allow;
        self
    }

    /// Enables scripted faults for callers with this token.
    ///
    /// `PUT /emulator/v1/faults` with the token as bearer replaces the script, a JSON array with one object for each
    /// following request. `fault` is `pass`, `refuse` (not executed, connection closed), `lose` (executed, connection
    /// closed without a response), `cut` (executed, connection closed within the response body), `delay` (executed after
    /// `milliseconds`), `status` (not executed; responds with `status` and the optional `headers`) or `body` (executed;
    /// responds with `body`). Tests in the same process can use `gatelet_transport::testing::FaultInjector`.
    #[must_use]
    pub fn faults(mut self, token: impl Into<Secret>) -> Self {
        self.service.faults = Some(FaultScript::new(token.into()));
        self
    }

    /// Calls `log` with one line for each request: time, peer, method, path, and status, or `closed` if a fault closed the
    /// connection. A line has visible ASCII and single spaces only, and no query, header or body. Where a path may contain a secret,
    /// in place of an id, the line has `[withheld]`.
    #[must_use]
    pub fn access_log(mut self, log: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.service.access_log = Some(Box::new(log));
        self
    }

    /// Binds the address and serves in a task of the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::PermissionDenied`] for an address that is not loopback, if that is not allowed or if
    /// [`faults`](Self::faults) are enabled; the operating system's error if the address cannot be bound.
    pub async fn start(self) -> io::Result<Server> {
        if !self.address.ip().is_loopback() {
            let denied = |why| {
                let message = format!("{} is not a loopback address{why}", self.address.ip());
                Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
            };
            if !self.beyond_loopback {
                return denied("");
            }
            if self.service.faults.is_some() {
                return denied("; faults are served on loopback only");
            }
        }
        let listener = TcpListener::bind(self.address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept_loop(listener, Arc::new(self.service), stopped));
        Ok(Server {
            address,
            stop,
            task,
        })
    }
}

/// A running server. Dropping it stops it at once; [`shutdown`](Self::shutdown) lets requests in flight finish.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Returns the address that it listens on, with the actual port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting connections and waits until the requests in flight have their responses, for at most five seconds.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // An error means that the task panicked or was aborted; either way it has ended.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("address", &self.address)
            .field("beyond_loopback", &self.beyond_loopback)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn accept_loop(
    listener: TcpListener,
    service: Arc<Service>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let service = Arc::clone(&service);
                connections.spawn(service.serve_connection(stream, peer, stopped.clone()));
            }
            Err(_) => TokioTimer::new().sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    tokio::select! {
        biased;
        () = all => {}
        () = TokioTimer::new().sleep(SHUTDOWN_TIMEOUT) => {}
    }
}
