//! One request and its answer, from the pool to the last byte of the body.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version, response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Incoming};

use super::connection::{Body, Connection};
use super::interim::Interim;
use super::origin::Origin;
use super::pool::Pool;
use super::{Limits, Shared, fault};
use crate::{Phase, TooLarge, TransportError, TransportErrorKind};

/// A buffer that the server announced is not made larger than this before its bytes arrive.
const TRUSTED_ANNOUNCEMENT: u64 = 1024 * 1024;

/// What is sent, and what must be known of it when the answer comes.
pub(super) struct Exchange {
    origin: Origin,
    uri: Uri,
    request: Request<Body>,
    asks_for_encoding: bool,
}

/// How an attempt on one connection failed.
enum Failure {
    /// The connection was closed before it took the request, which is here again.
    Returned(Box<Request<Body>>, TransportError),
    Final(TransportError),
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::Final(error)
    }
}

impl Exchange {
    pub(super) fn new(request: Request<Bytes>) -> Result<Self, TransportError> {
        let origin = Origin::of(request.uri())?;
        if request.method() == Method::CONNECT {
            return Err(TransportError::new(TransportErrorKind::Config)
                .with_source("CONNECT is not a request for a whole answer"));
        }
        let host = origin.host_field()?;
        let mut request = request.map(Full::new);
        let headers = request.headers_mut();
        // Where the message ends is for the transport alone to say.
        headers.remove(CONTENT_LENGTH);
        headers.remove(TRANSFER_ENCODING);
        headers.insert(HOST, host);
        Ok(Self {
            uri: request.uri().clone(),
            asks_for_encoding: request.headers().contains_key(ACCEPT_ENCODING),
            origin,
            request,
        })
    }

    /// Runs the exchange. `begun` is set before the first byte may be written.
    pub(super) async fn run(
        mut self,
        shared: &Shared,
        begun: &AtomicBool,
    ) -> Result<Response<Bytes>, TransportError> {
        // The semaphore is never closed.
        let _lane = shared.lanes.acquire().await;
        loop {
            let (connection, is_fresh) = match shared.pool.take(&self.origin).await {
                Some(connection) => (connection, false),
                None => (self.open(shared).await?, true),
            };
            let request = self.request_for(&connection);
            begun.store(true, Ordering::Release);
            match self.attempt(shared, connection, request).await {
                Ok(response) => return Ok(response),
                Err(Failure::Final(error)) => return Err(error),
                // A pooled connection was stale: that is no attempt at the request, so the next one is taken.
                Err(Failure::Returned(request, _)) if !is_fresh => self.request = *request,
                Err(Failure::Returned(_, error)) => return Err(error),
            }
        }
    }

    async fn open(&self, shared: &Shared) -> Result<Connection, TransportError> {
        let connection = Connection::open(shared, &self.origin).await?;
        if let Some(shared_connection) = connection.share() {
            shared.pool.put(self.origin.clone(), shared_connection);
        }
        Ok(connection)
    }

    /// Takes the request in the form that the protocol of the connection wants.
    fn request_for(&mut self, connection: &Connection) -> Request<Body> {
        let mut request = std::mem::take(&mut self.request);
        if connection.is_http2() {
            *request.version_mut() = Version::HTTP_2;
            *request.uri_mut() = self.uri.clone();
            request.headers_mut().remove(HOST);
        } else {
            *request.version_mut() = Version::HTTP_11;
            *request.uri_mut() = origin_form(&self.uri);
            if let Ok(host) = self.origin.host_field() {
                request.headers_mut().insert(HOST, host);
            }
        }
        request
    }

    async fn attempt(
        &self,
        shared: &Shared,
        connection: Connection,
        request: Request<Body>,
    ) -> Result<Response<Bytes>, Failure> {
        let mut lease = Lease::new(&shared.pool, connection);
        let response = lease.first_byte(shared, request).await?;
        let (head, body) = response.into_parts();
        let with_status = |error: TransportError| error.with_status(head.status);
        self.check(&head, &shared.limits).map_err(with_status)?;
        let bytes = collect(body, shared).await.map_err(with_status)?;
        if ends_where_it_says(head.status, &head.headers) {
            lease.give_back(self.origin.clone()).await;
        }
        Ok(Response::from_parts(head, bytes))
    }

    fn check(&self, head: &response::Parts, limits: &Limits) -> Result<(), TransportError> {
        if head.status.is_informational() {
            return Err(fault::protocol("the server switches protocols"));
        }
        if head.headers.len() > limits.head_fields {
            return Err(TransportError::new(TransportErrorKind::TooLarge {
                what: TooLarge::Head,
                limit: limits.head_fields as u64,
            }));
        }
        let codings = head.headers.get_all(TRANSFER_ENCODING);
        if codings
            .iter()
            .any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
        {
            return Err(fault::protocol(
                "the body has a transfer coding that is not chunked",
            ));
        }
        let mut encodings = head.headers.get_all(CONTENT_ENCODING).into_iter();
        if !self.asks_for_encoding
            && encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
        {
            return Err(fault::protocol(
                "the body has a content encoding that was not asked for",
            ));
        }
        Ok(())
    }
}

/// The path and query alone.
fn origin_form(uri: &Uri) -> Uri {
    uri.path_and_query()
        .cloned()
        .map_or_else(|| Uri::from_static("/"), Uri::from)
}

/// Whether the end of the message is beyond doubt, so that the next answer on the connection is the next request's.
fn ends_where_it_says(status: StatusCode, headers: &HeaderMap) -> bool {
    let has_length = headers
        .get_all(CONTENT_LENGTH)
        .iter()
        .any(|length| length.as_bytes() != b"0");
    let is_chunked = headers.contains_key(TRANSFER_ENCODING);
    let has_no_body = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    if has_no_body {
        !has_length && !is_chunked
    } else {
        !(has_length && is_chunked)
    }
}

/// A connection in use. Unless it is given back it is never used again: not after an error, not after a timeout, and not when
/// the caller has dropped the exchange.
struct Lease<'a> {
    pool: &'a Arc<Pool>,
    connection: Option<Connection>,
}

impl<'a> Lease<'a> {
    fn new(pool: &'a Arc<Pool>, connection: Connection) -> Self {
        Self {
            pool,
            connection: Some(connection),
        }
    }

    /// Sends the request and waits for the head of its answer.
    async fn first_byte(
        &mut self,
        shared: &Shared,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, Failure> {
        let Some(connection) = &mut self.connection else {
            return Err(Failure::Final(TransportError::new(
                TransportErrorKind::Interrupted,
            )));
        };
        let before = connection.written();
        let interim = Interim::of(&mut request);
        let answer = interim.guard(connection.send(request));
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        let answer = tokio::time::timeout(shared.timeouts.first_byte, answer).await;
        let error = match answer {
            Ok(Ok(Ok(response))) => return Ok(response),
            Ok(Ok(Err(mut refused))) => {
                let request = refused.take_message();
                let error = fault::broken(refused.into_error(), &shared.limits);
                if let Some(request) = request {
                    return Err(Failure::Returned(Box::new(request), fault::unsent(error)));
                }
                error
            }
            Ok(Err(_)) => fault::protocol("the server sends interim answers without end"),
            Err(_) => TransportError::new(TransportErrorKind::Timeout(Phase::FirstByte)),
        };
        Err(Failure::Final(if self.close_unwritten(before).await {
            fault::unsent(error)
        } else {
            error
        }))
    }

    async fn close_unwritten(&mut self, before: u64) -> bool {
        match self.connection.take() {
            Some(connection) => {
                self.pool.remove(&connection);
                connection.close_unwritten(before).await
            }
            None => false,
        }
    }

    async fn give_back(mut self, origin: Origin) {
        if let Some(mut connection) = self.connection.take()
            && connection.settle().await
        {
            self.pool.put(origin, connection);
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            self.pool.remove(connection);
        }
    }
}

/// Reads a whole body into one buffer.
async fn collect(mut body: Incoming, shared: &Shared) -> Result<Bytes, TransportError> {
    let limit = shared.limits.body;
    let announced = body.size_hint().lower();
    if announced > limit {
        return Err(body_too_large(limit));
    }
    let Some(first) = next_chunk(&mut body, shared).await? else {
        return Ok(Bytes::new());
    };
    let mut chunk = first;
    let mut whole: Option<BytesMut> = None;
    loop {
        let held = whole.as_ref().map_or(0, BytesMut::len);
        if (held + chunk.len()) as u64 > limit {
            return Err(body_too_large(limit));
        }
        match &mut whole {
            Some(whole) => whole.extend_from_slice(&chunk),
            // A body that came in one piece is not copied.
            None if body.is_end_stream() => return Ok(chunk),
            None => {
                let capacity = announced.min(TRUSTED_ANNOUNCEMENT) as usize;
                let buffer = whole.insert(BytesMut::with_capacity(capacity.max(chunk.len())));
                buffer.extend_from_slice(&chunk);
            }
        }
        chunk = match next_chunk(&mut body, shared).await? {
            Some(next) => next,
            None => return Ok(whole.map(BytesMut::freeze).unwrap_or_default()),
        };
    }
}

/// The next piece of data, waited for no longer than the stall timeout.
async fn next_chunk(body: &mut Incoming, shared: &Shared) -> Result<Option<Bytes>, TransportError> {
    loop {
        let stall: Duration = shared.timeouts.stall;
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        let frame = tokio::time::timeout(stall, body.frame())
            .await
            .map_err(|_| TransportError::new(TransportErrorKind::Timeout(Phase::Stall)))?;
        match frame {
            None => return Ok(None),
            Some(Err(error)) => return Err(fault::broken(error, &shared.limits)),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

fn body_too_large(limit: u64) -> TransportError {
    TransportError::new(TransportErrorKind::TooLarge {
        what: TooLarge::Body,
        limit,
    })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use bytes::Bytes;
    use http::Request;
    use hyper::rt::{Read, ReadBufCursor, Write};

    use super::super::HyperTransport;
    use super::super::connection::Connection;
    use super::{Exchange, Failure, Lease};
    use crate::{ConnectFailure, Phase, TransportError, TransportErrorKind};

    /// A peer that takes so many bytes and then breaks, or takes no more.
    struct Peer {
        takes: usize,
        breaks: bool,
    }

    impl Read for Peer {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl Write for Peer {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let taken = bytes.len().min(self.takes);
            self.takes -= taken;
            match (taken, self.breaks) {
                (1.., _) => Poll::Ready(Ok(taken)),
                (0, true) => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
                (0, false) => Poll::Pending,
            }
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn failure(peer: Peer) -> TransportError {
        let transport = HyperTransport::builder()
            .first_byte_timeout(Duration::from_secs(1))
            .build();
        let shared = &transport.shared;
        let connection = Connection::http1(peer, &shared.limits).await.unwrap();
        let request = Request::post("http://localhost/")
            .body(Bytes::new())
            .unwrap();
        let request = Exchange::new(request).unwrap().request_for(&connection);
        let answer = Lease::new(&shared.pool, connection)
            .first_byte(shared, request)
            .await;
        match answer {
            Err(Failure::Final(error)) => error,
            Err(Failure::Returned(..)) => panic!("the connection took the request"),
            Ok(_) => panic!("nobody answers"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_of_which_no_byte_was_written_was_not_sent() {
        let refused = TransportErrorKind::Connect(ConnectFailure::Other);
        let late = TransportErrorKind::Timeout(Phase::FirstByte);
        for (breaks, kind) in [(true, refused), (false, late)] {
            let error = failure(Peer { takes: 0, breaks }).await;
            assert_eq!(error.kind(), kind);
            assert!(!error.was_sent());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_of_which_one_byte_was_written_counts_as_sent() {
        let broken = TransportErrorKind::Interrupted;
        let late = TransportErrorKind::Timeout(Phase::FirstByte);
        for (breaks, kind) in [(true, broken), (false, late)] {
            let error = failure(Peer { takes: 1, breaks }).await;
            assert_eq!(error.kind(), kind);
            assert!(error.was_sent());
        }
    }
}
