//! One connection to the server, with its limits in bytes and time.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::rt::Timer;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::api::response;
use crate::api::server_call::BODY_LIMIT;
use crate::emulator::emulator::Emulator;
use crate::server::access_log::AccessLogLine;
use crate::server::faults::{self, FaultScript, ServerFault};
use crate::server::write_timeout::WriteTimeout;

/// The maximum size of a request's headers, in bytes. hyper accepts at most 100 of them.
const HEADERS_LIMIT: usize = 64 << 10;
/// The maximum size of a request head, in bytes: large enough that an overlong URL gets a 414.
const HEAD_LIMIT: usize = BODY_LIMIT + HEADERS_LIMIT;
/// How long a client may take to send a head (idle time included), to send a body, and to accept more of a response.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long the server keeps reading after a rejected request, so that the client receives the response.
const LINGER: Duration = Duration::from_secs(1);

/// Responds to requests: the emulator with its optional faults and access log.
pub(crate) struct Service {
    emulator: Emulator,
    pub(crate) faults: Option<FaultScript>,
    pub(crate) access_log: Option<AccessLog>,
}

type AccessLog = Box<dyn Fn(&str) + Send + Sync>;

impl Service {
    pub(crate) fn new(emulator: Emulator) -> Self {
        Self {
            emulator,
            faults: None,
            access_log: None,
        }
    }

    /// Serves one connection until either side closes it.
    pub(crate) async fn serve_connection(
        self: Arc<Self>,
        mut stream: TcpStream,
        peer: SocketAddr,
        mut stopped: watch::Receiver<bool>,
    ) {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(CLIENT_TIMEOUT)
            .max_buf_size(HEAD_LIMIT);
        // Responses are written at once, so Nagle's algorithm would only delay them. An error costs time and nothing else.
        let _ = stream.set_nodelay(true);
        {
            let service = service_fn(|request| self.serve_request(request, peer));
            let io = TokioIo::new(WriteTimeout::new(&mut stream, CLIENT_TIMEOUT));
            let mut connection = pin!(builder.serve_connection(io, service));
            // Errors are the client's doing: it left, was too slow or did not speak HTTP.
            tokio::select! {
                biased;
                _ = connection.as_mut() => {}
                () = wait_for_stop(&mut stopped) => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
        }
        // The connection may be shut down already, or gone.
        let _ = stream.shutdown().await;
        tokio::select! {
            biased;
            () = drain(&mut stream) => {}
            () = wait_for_stop(&mut stopped) => {}
        }
    }

    /// Serves one request. An error closes the connection.
    async fn serve_request(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> io::Result<Response<ResponseBody>> {
        let (head, body) = request.into_parts();
        let (method, path) = (head.method.clone(), head.uri.path().to_owned());
        let response = match read_body(&head.headers, body).await {
            Ok(body) => self.respond(head, body).await,
            Err(status) => Ok(self.reject(&path, status)),
        };
        if let Some(log) = &self.access_log {
            let status = response.as_ref().ok().map(|response| response.status());
            let (time, method, path) = (self.emulator.now(), &method, path.as_str());
            let access = AccessLogLine {
                time,
                peer,
                method,
                path,
                status,
            };
            log(&access.render());
        }
        response
    }

    /// Responds to one complete request, after the fault that the script has for it.
    async fn respond(&self, head: Parts, body: Bytes) -> io::Result<Response<ResponseBody>> {
        let whole = |response: Response<Bytes>| Ok(response.map(ResponseBody::Whole));
        let Some(faults) = &self.faults else {
            return whole(self.handle(head, body).await);
        };
        if head.uri.path() == faults::PATH {
            let key = self.emulator.store().key();
            return whole(faults.handle(key, &head, &body));
        }
        match faults.next() {
            ServerFault::Pass => whole(self.handle(head, body).await),
            ServerFault::Refuse => Err(connection_closed()),
            ServerFault::DropResponse => {
                self.handle(head, body).await;
                Err(connection_closed())
            }
            ServerFault::TruncateResponse => {
                let response = self.handle(head, body).await;
                // An empty body cannot be truncated.
                let has_body = !response.body().is_empty();
                has_body
                    .then(|| response.map(ResponseBody::truncated))
                    .ok_or_else(connection_closed)
            }
            ServerFault::Delay(delay) => {
                TokioTimer::new().sleep(delay).await;
                whole(self.handle(head, body).await)
            }
            ServerFault::Status(status, headers) => {
                let mut response = response::empty(status.as_u16());
                *response.headers_mut() = headers;
                whole(response)
            }
            ServerFault::Body(instead) => whole(self.handle(head, body).await.map(|_| instead)),
        }
    }

    /// Rejects a request that was not read to its end; the connection cannot be reused.
    fn reject(&self, path: &str, status: StatusCode) -> Response<ResponseBody> {
        let mut response = self.emulator.error_response(path, status);
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        response.map(ResponseBody::Whole)
    }

    /// Calls the emulator on the blocking pool, because a write waits for the disk.
    async fn handle(&self, head: Parts, body: Bytes) -> Response<Bytes> {
        let (emulator, request) = (self.emulator.clone(), Request::from_parts(head, body));
        let response = tokio::task::spawn_blocking(move || emulator.handle(request)).await;
        response.unwrap_or_else(|_| response::empty(500))
    }
}

/// The body of a response.
enum ResponseBody {
    Whole(Bytes),
    /// The first `part` of a body announced with `size` bytes; the connection is closed once it is sent.
    Truncated {
        size: u64,
        part: Bytes,
        was_sent: bool,
    },
}

impl ResponseBody {
    fn truncated(body: Bytes) -> Self {
        Self::Truncated {
            size: body.len() as u64,
            part: body.slice(..body.len() / 2),
            was_sent: false,
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(body) | Self::Truncated { part: body, .. } if !body.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(std::mem::take(body)))))
            }
            Self::Whole(_) => Poll::Ready(None),
            Self::Truncated { was_sent: true, .. } => Poll::Ready(Some(Err(connection_closed()))),
            Self::Truncated { was_sent, .. } => {
                *was_sent = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(body) if body.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Whole(body) => body.len() as u64,
            Self::Truncated { size, .. } => *size,
        })
    }
}

fn connection_closed() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// Waits until the server stops.
async fn wait_for_stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Reads the whole body, or returns the status to reject the request with.
async fn read_body(headers: &HeaderMap, body: Incoming) -> Result<Bytes, StatusCode> {
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > HEADERS_LIMIT {
        return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let whole = Limited::new(body, BODY_LIMIT).collect();
    let timeout = TokioTimer::new().sleep(CLIENT_TIMEOUT);
    let read = tokio::select! {
        biased;
        read = whole => read,
        () = timeout => return Err(StatusCode::REQUEST_TIMEOUT),
    };
    match read {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// Discards what the client still sends, for a moment: closing a socket with unread data would reset the connection, and
/// the client would lose the response.
async fn drain(stream: &mut TcpStream) {
    let mut bytes = [0; 4096];
    let rest = async { while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {} };
    tokio::select! {
        biased;
        () = rest => {}
        () = TokioTimer::new().sleep(LINGER) => {}
    }
}
