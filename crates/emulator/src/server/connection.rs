//! One connection of a server: its limits in bytes and time, and how an answer gets to the client, or does not.

use std::future::{Future, poll_fn};
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

use crate::api::server_call::BODY_LIMIT;
use crate::api::{response, router};
use crate::emulator::Emulator;
use crate::server::access_log::AccessLogLine;
use crate::server::faults::{self, Fault, FaultScript};
use crate::server::write_timeout::WriteTimeout;

/// The largest headers of a request, in bytes. hyper takes a hundred at most.
const HEADERS_LIMIT: usize = 64 << 10;
/// How much of a head is read, in bytes. An address of a whole body's size is still told that it is too long.
const HEAD_LIMIT: usize = BODY_LIMIT + HEADERS_LIMIT;
/// How long a client may take for a head, idle time before it included, again for a body, and to read more of an answer.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a client may go on sending what nobody wants, so that it gets to read why.
const LINGER: Duration = Duration::from_secs(1);

/// What a server serves.
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

    /// Answers one client until either side ends.
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
        // The answers are whole, so Nagle's wait would only delay them; where it cannot be switched off, they are late.
        let _ = stream.set_nodelay(true);
        {
            let service = service_fn(|request| self.serve_request(request, peer));
            let io = TokioIo::new(WriteTimeout::new(&mut stream, CLIENT_TIMEOUT));
            let mut connection = pin!(builder.serve_connection(io, service));
            // An error here is the client's: it went away, was too slow or did not speak HTTP.
            let stop = stopped.wait_for(|stopped| *stopped);
            if first(connection.as_mut(), stop).await.is_none() {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
        // It may be shut down already, or gone.
        let _ = stream.shutdown().await;
        let stop = stopped.wait_for(|stopped| *stopped);
        first(drain(&mut stream), stop).await;
    }

    /// Serves one request; an error closes the connection.
    async fn serve_request(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> io::Result<Response<ResponseBody>> {
        let (head, body) = request.into_parts();
        let (method, path) = (head.method.clone(), head.uri.path().to_owned());
        let answer = match read_body(&head.headers, body).await {
            Ok(body) => self.respond(head, body).await,
            Err(status) => Ok(reject(&path, status)),
        };
        if let Some(log) = &self.access_log {
            let status = answer.as_ref().ok().map(|answer| answer.status());
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
        answer
    }

    /// Answers one whole request as the script of faults wants it.
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
            Fault::Pass => whole(self.handle(head, body).await),
            Fault::Refuse => Err(connection_closed()),
            Fault::DropResponse => {
                self.handle(head, body).await;
                Err(connection_closed())
            }
            Fault::TruncateResponse => {
                let response = self.handle(head, body).await;
                // What has no body cannot end within it.
                let has_body = !response.body().is_empty();
                has_body
                    .then(|| response.map(ResponseBody::truncated))
                    .ok_or_else(connection_closed)
            }
            Fault::Delay(delay) => {
                TokioTimer::new().sleep(delay).await;
                whole(self.handle(head, body).await)
            }
            Fault::Status(status, headers) => {
                let mut response = response::empty(status.as_u16());
                *response.headers_mut() = headers;
                whole(response)
            }
            Fault::Body(instead) => whole(self.handle(head, body).await.map(|_| instead)),
        }
    }

    /// The emulator's answer, without holding up others: a write waits for the disk.
    async fn handle(&self, head: Parts, body: Bytes) -> Response<Bytes> {
        let (emulator, request) = (self.emulator.clone(), Request::from_parts(head, body));
        let answer = tokio::task::spawn_blocking(move || emulator.handle(request)).await;
        answer.unwrap_or_else(|_| response::empty(500))
    }
}

/// The body of an answer.
enum ResponseBody {
    Whole(Bytes),
    /// A part of so many bytes that were announced, which has to leave before the connection is closed.
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

/// A response of a request that has not been read to its end, so that the connection cannot go on.
fn reject(path: &str, status: StatusCode) -> Response<ResponseBody> {
    let mut response = router::error_response(path, status);
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response.map(ResponseBody::Whole)
}

/// The whole body, or the status to refuse the request with.
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
    match first(whole, TokioTimer::new().sleep(CLIENT_TIMEOUT)).await {
        Some(Ok(body)) => Ok(body.to_bytes()),
        Some(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Some(Err(_)) => Err(StatusCode::BAD_REQUEST),
        None => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// Reads what a client still sends, for a moment: closing over unread bytes would take the last answer from it.
async fn drain(stream: &mut TcpStream) {
    let mut bytes = [0; 4096];
    let rest = async { while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {} };
    first(rest, TokioTimer::new().sleep(LINGER)).await;
}

/// What the first future gives, or none when the second one ends first.
pub(crate) async fn first<A: Future, B: Future>(wanted: A, other: B) -> Option<A::Output> {
    let (mut wanted, mut other) = (pin!(wanted), pin!(other));
    poll_fn(|context| {
        if let Poll::Ready(output) = wanted.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        other.as_mut().poll(context).map(|_| None)
    })
    .await
}
