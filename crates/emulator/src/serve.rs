//! The emulator on loopback HTTP, for other languages and other processes.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::rt::Timer;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::call::BODY_LIMIT;
use crate::{Emulator, reply, router};

/// The largest request head, in bytes.
const HEAD_LIMIT: usize = 64 << 10;
/// How long a client may take for a head, and again for a body.
const READ_TIMEOUT: Duration = Duration::from_secs(8);
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

/// How an emulator is to be served.
#[derive(Debug)]
pub struct Serve {
    emulator: Emulator,
    address: SocketAddr,
    beyond_loopback: bool,
}

impl Serve {
    /// On `127.0.0.1` and any free port.
    pub fn new(emulator: Emulator) -> Self {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        Self {
            emulator,
            address,
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

    /// Binds the address and begins to answer, in a task of the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::PermissionDenied`] for an address beyond loopback that is not allowed, and what the system says
    /// when the address cannot be bound.
    pub async fn start(self) -> io::Result<Server> {
        if !self.beyond_loopback && !self.address.ip().is_loopback() {
            let message = format!("{} is not a loopback address", self.address.ip());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        let listener = TcpListener::bind(self.address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, self.emulator, stopped));
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

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn accept(listener: TcpListener, emulator: Emulator, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let next = first(listener.accept(), stopped.changed()).await;
        match next {
            Some(Ok((stream, _))) => {
                connections.spawn(connection(stream, emulator.clone(), stopped.clone()));
            }
            Some(Err(_)) => TokioTimer::new().sleep(ACCEPT_PAUSE).await,
            None => break,
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    first(all, TokioTimer::new().sleep(SHUTDOWN_TIMEOUT)).await;
}

async fn connection(stream: TcpStream, emulator: Emulator, mut stopped: watch::Receiver<bool>) {
    let service = service_fn(move |request| answer(emulator.clone(), request));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .max_buf_size(HEAD_LIMIT);
    // The answers are whole, so Nagle's wait would only delay them; where it cannot be switched off, they are late.
    let _ = stream.set_nodelay(true);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // An error here is the client's: it went away, was too slow or did not speak HTTP.
    if first(connection.as_mut(), stopped.changed())
        .await
        .is_none()
    {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

async fn answer(
    emulator: Emulator,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let response = match read(body).await {
        Ok(body) => {
            let request = Request::from_parts(head, body);
            let answer = tokio::task::spawn_blocking(move || emulator.handle(request)).await;
            answer.unwrap_or_else(|_| reply::empty(500))
        }
        Err(status) => {
            // The rest of the body is not read, so the connection cannot go on.
            let mut refusal = router::refuse(head.uri.path(), status);
            refusal
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
            refusal
        }
    };
    Ok(response.map(Full::new))
}

/// The whole body, or the status to refuse it with.
async fn read(body: Incoming) -> Result<Bytes, StatusCode> {
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let whole = Limited::new(body, BODY_LIMIT).collect();
    match first(whole, TokioTimer::new().sleep(READ_TIMEOUT)).await {
        Some(Ok(body)) => Ok(body.to_bytes()),
        Some(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Some(Err(_)) => Err(StatusCode::BAD_REQUEST),
        None => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// What the first future gives, or none when the second one ends first.
async fn first<A: Future, B: Future>(wanted: A, other: B) -> Option<A::Output> {
    let (mut wanted, mut other) = (pin!(wanted), pin!(other));
    poll_fn(|context| {
        if let Poll::Ready(output) = wanted.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        other.as_mut().poll(context).map(|_| None)
    })
    .await
}
