//! The emulator on loopback HTTP, for other languages and other processes.

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

use crate::emulator::Emulator;
use crate::server::connection::{Service, first};
use crate::server::faults::FaultScript;

/// How long requests in flight may take once the server shuts down.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// The wait after the system gave no connection, which mostly means that no descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves an emulator on a loopback address; port 0 takes any free one, which [`Server::address`] tells.
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
/// As [`Serve::start`].
pub async fn serve(emulator: Emulator, address: SocketAddr) -> io::Result<Server> {
    Serve::new(emulator).address(address).start().await
}

/// How an emulator is to be service.
pub struct Serve {
    service: Service,
    address: SocketAddr,
    beyond_loopback: bool,
}

impl Serve {
    /// On `127.0.0.1` and any free port.
    pub fn new(emulator: Emulator) -> Self {
        Self {
            service: Service::new(emulator),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            beyond_loopback: false,
        }
    }

    /// On this address.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Allows an address that other machines can reach. The emulator speaks plain HTTP and its development credentials
    /// are public: allow it within an isolated network only.
    #[must_use]
    pub fn beyond_loopback(mut self, allow: bool) -> Self {
        self.beyond_loopback = allow;
        self
    }

    /// Lets who has this token say what happens to the next requests; without a token nobody can.
    ///
    /// `PUT /emulator/v1/faults` with the token as bearer replaces the script, a JSON list with one object for each request
    /// that comes after it. `fault` is one of `pass`, `refuse` (closed, not done), `lose` (done, closed without an answer),
    /// `cut` (done, closed within the answer's body), `delay` (with `milliseconds`), `status` (not done; with `status`, and
    /// `headers` if wanted) and `body` (done, answered with `body`). Tests in this process have
    /// `gatelet_transport::testing::FaultInjector`.
    #[must_use]
    pub fn faults(mut self, token: impl Into<Secret>) -> Self {
        self.service.faults = Some(FaultScript::new(token.into()));
        self
    }

    /// Calls this with one line for each request: time, peer, method, path, and status, or `closed` where a fault took the
    /// answer's place. A line has visible ASCII and single spaces only, and no query, header, body or secret.
    #[must_use]
    pub fn access_log(mut self, log: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.service.access_log = Some(Box::new(log));
        self
    }

    /// Binds the address and begins to answer, in a task of the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::PermissionDenied`] for an address beyond loopback that is not allowed, or together with
    /// [`faults`](Self::faults), and what the system says when the address cannot be bound.
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
                return denied(", and faults are for those only");
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

/// A server that answers. Dropping it stops it at once; [`shutdown`](Self::shutdown) lets requests in flight finish.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// The address that it listens on, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, and ends when the requests in flight are answered, after five seconds at the latest.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // An error means that the task panicked or was aborted: it has ended either way.
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
        let next = first(listener.accept(), stopped.changed()).await;
        match next {
            Some(Ok((stream, peer))) => {
                connections.spawn(
                    service
                        .clone()
                        .serve_connection(stream, peer, stopped.clone()),
                );
            }
            Some(Err(_)) => TokioTimer::new().sleep(ACCEPT_PAUSE).await,
            None => break,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    first(all, TokioTimer::new().sleep(SHUTDOWN_TIMEOUT)).await;
}
