//! A connection, new or from the pool, while one exchange uses it.

use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use crate::body::request::TrackedBody;
use crate::error;
use crate::io::status_tap::StatusTap;
use crate::origin::Origin;
use crate::pool::connection::Connection;
use crate::pool::in_use::InUse;
use crate::pool::keep_alive::KeepAlive;
use crate::pool::pool::Pool;
use crate::settings::Settings;
use gatelet_transport::{
    ConnectFailure, Phase, SendTracker, Sent, TransportError, TransportErrorKind,
};

/// How sending a request on one connection failed.
pub(crate) enum SendError {
    /// The connection was closed before it took the request, which is returned.
    Returned(Box<Request<TrackedBody>>, TransportError),
    Final(TransportError),
}

impl From<TransportError> for SendError {
    fn from(error: TransportError) -> Self {
        Self::Final(error)
    }
}

impl SendError {
    /// Returns whether other connections to the same server may be affected too, because the peer or the network failed. An invalid
    /// response says nothing about other connections.
    fn may_affect_others(&self) -> bool {
        match self {
            Self::Returned(..) => false,
            Self::Final(error) => matches!(
                error.kind(),
                TransportErrorKind::Interrupted
                    | TransportErrorKind::Timeout(_)
                    | TransportErrorKind::Connect(ConnectFailure::Other)
            ),
        }
    }
}

/// A connection in use by one exchange.
///
/// It is reused only if it is [released](Self::release). After an error or a timeout it is not, and over HTTP/1.1 not when the
/// caller drops the call either. Over HTTP/2 a dropped call ends only its stream, unless the attempt timed out or the connection
/// is unresponsive.
pub(crate) struct PooledConnection<'a> {
    pool: &'a Arc<Pool>,
    origin: &'a Origin,
    in_use: &'a InUse,
    connection: Option<Connection>,
}

impl<'a> PooledConnection<'a> {
    pub(crate) fn new(
        pool: &'a Arc<Pool>,
        origin: &'a Origin,
        in_use: &'a InUse,
        connection: Connection,
    ) -> Self {
        Self {
            pool,
            origin,
            in_use,
            connection: Some(connection),
        }
    }

    /// Sends the request and waits for the head of its response.
    pub(crate) async fn send(
        &mut self,
        settings: &Settings,
        request: Request<TrackedBody>,
        tracker: &SendTracker,
    ) -> Result<Response<Incoming>, SendError> {
        let Some(connection) = &mut self.connection else {
            return Err(SendError::Final(TransportError::new(
                TransportErrorKind::Interrupted,
            )));
        };
        // Before the caller can read what was observed of the response.
        connection.status_tap().restart(request.headers());
        self.in_use.begin(self.origin, connection, tracker);
        let response = connection.send(request, tracker);
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        let result = tokio::time::timeout(settings.timeouts.first_byte, response).await;
        let error = match result {
            Ok(Ok(response)) => {
                connection.data_received();
                return Ok(response);
            }
            Ok(Err(mut refused)) => {
                let request = refused.take_message();
                let error = error::from_hyper(refused.into_error(), &settings.limits);
                if let Some(request) = request {
                    return Err(SendError::Returned(
                        Box::new(request),
                        error::nothing_sent(error),
                    ));
                }
                error
            }
            Err(_) => TransportError::new(TransportErrorKind::Timeout(Phase::FirstByte)),
        };
        let error = if error.kind() == TransportErrorKind::Protocol && connection.has_large_head() {
            error::head_too_large(settings.limits.head)
        } else {
            error
        };
        // The rest of the request must not be written any more.
        let error = with_observed(error, connection.status_tap(), tracker.attempt_failed());
        self.discard();
        Err(SendError::Final(error))
    }

    /// Discards the connection, and others that may be affected by the same failure.
    pub(crate) fn fail(&mut self, failure: &SendError) {
        self.discard();
        if let Some(began) = self.in_use.end()
            && failure.may_affect_others()
        {
            self.pool.suspect(self.origin, began);
        }
    }

    /// Keeps the connection out of the pool.
    pub(crate) fn discard(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.remove(&connection);
        }
    }

    /// Records that the response is complete.
    pub(crate) fn succeed(&self) {
        self.in_use.end();
    }

    /// Handles a 408: the server timed out the connection, and soon will others of its age.
    pub(crate) fn server_timed_out(&mut self) {
        self.discard();
        if let Some(began) = self.in_use.end() {
            self.pool.suspect(self.origin, began);
        }
    }

    /// Returns the connection to the pool if it is reusable.
    pub(crate) async fn release(mut self, announced: KeepAlive) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let keep_alive = connection.update_keep_alive(announced);
        if keep_alive.requests != Some(0) && connection.wait_reusable().await {
            self.pool
                .put(self.origin.clone(), connection, keep_alive.idle);
        }
    }
}

impl Drop for PooledConnection<'_> {
    fn drop(&mut self) {
        self.in_use.abandon(self.pool);
    }
}

/// Adds what was observed of the response, or how much of the request was sent if there was none.
fn with_observed(error: TransportError, response: &StatusTap, sent: Sent) -> TransportError {
    match (response.status(), response.refusal_fields()) {
        (Some(status), Some(fields)) => error.with_head(status, fields),
        (Some(status), None) => error.with_status(status),
        // The server guarantees that it processed nothing.
        (None, _) if error.sent() == Sent::Nothing => error,
        (None, _) => error::with_sent_extent(sent, error),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use bytes::Bytes;
    use http::Request;
    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
    #[cfg(feature = "_tls")]
    use tokio::net::{TcpListener, TcpStream};

    use super::{PooledConnection, SendError};
    #[cfg(feature = "_tls")]
    use crate::io::socket::Socket;
    use crate::io::socket::SocketProbe;
    use crate::origin::Origin;
    use crate::pool::connection::Connection;
    use crate::pool::in_use::InUse;
    use crate::pool::outgoing_request::OutgoingRequest;
    use crate::transport::HyperTransport;
    use gatelet_transport::{
        ConnectFailure, Phase, SendTracker, Sent, TransportError, TransportErrorKind,
    };

    /// A peer that accepts this many bytes and then resets the connection or accepts no more.
    struct Peer {
        takes: usize,
        breaks: bool,
        /// Whether it accepts vectored writes.
        vectored: bool,
    }

    impl AsyncRead for Peer {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Peer {
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

        fn poll_write_vectored(
            self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            pieces: &[io::IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            let bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.to_vec()).collect();
            self.poll_write(cx, &bytes)
        }

        fn is_write_vectored(&self) -> bool {
            self.vectored
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
        let pool = shared.connections.pool();
        let connection = Connection::http1(peer, SocketProbe::closed(), &shared.settings.limits)
            .await
            .unwrap();
        let request = Request::post("http://localhost/").body(BODY).unwrap();
        let tracker = SendTracker::of(&request);
        tracker.queued();
        let origin = Origin::of(request.uri()).unwrap();
        let request = OutgoingRequest::new(request, &origin)
            .unwrap()
            .take_for(&connection, None);
        let result = PooledConnection::new(pool, &origin, &InUse::default(), connection)
            .send(&shared.settings, request, &tracker)
            .await;
        match result {
            Err(SendError::Final(error)) => error,
            Err(SendError::Returned(..)) => panic!("the connection took the request"),
            Ok(_) => panic!("the peer does not respond"),
        }
    }

    const BODY: Bytes = Bytes::from_static(b"{}");
    const WHOLE: &str = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}";

    #[test]
    fn only_failures_of_the_peer_or_network_affect_other_connections() {
        let failure = |kind| SendError::Final(TransportError::new(kind));
        for kind in [
            TransportErrorKind::Interrupted,
            TransportErrorKind::Timeout(Phase::FirstByte),
            TransportErrorKind::Timeout(Phase::Stall),
            TransportErrorKind::Connect(ConnectFailure::Other),
        ] {
            assert!(failure(kind).may_affect_others(), "{kind:?}");
        }
        for kind in [
            TransportErrorKind::Protocol,
            TransportErrorKind::TooLarge {
                what: gatelet_transport::TooLarge::Body,
                limit: 1,
            },
            TransportErrorKind::Connect(ConnectFailure::ProxyCredentials),
        ] {
            assert!(!failure(kind).may_affect_others(), "{kind:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_says_how_much_of_the_request_was_sent() {
        let unconnected = TransportErrorKind::Connect(ConnectFailure::Other);
        let broken = TransportErrorKind::Interrupted;
        let late = TransportErrorKind::Timeout(Phase::FirstByte);
        for takes in 0..=WHOLE.len() {
            let (sent, cut) = match takes {
                0 => (Sent::Nothing, unconnected),
                _ if takes < WHOLE.len() => (Sent::Part, broken),
                // Nothing is left to write, so nothing fails.
                _ => (Sent::Whole, late),
            };
            for vectored in [false, true] {
                for (breaks, kind) in [(true, cut), (false, late)] {
                    let error = failure(Peer {
                        takes,
                        breaks,
                        vectored,
                    })
                    .await;
                    assert_eq!((error.kind(), error.sent()), (kind, sent), "{takes}");
                }
            }
        }
    }

    /// Makes calls one after the other to an HTTP/2 peer that reads no request, and drops each after a while. Returns for each
    /// whether the connection was kept.
    #[cfg(feature = "_tls")]
    async fn drop_calls<const N: usize>(after: [Duration; N]) -> [bool; N] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await;
        // Only for the probe.
        let socket = Socket::new(stream.unwrap());
        let (ours, theirs) = tokio::io::duplex(1024);
        let transport = HyperTransport::new();
        let shared = &transport.shared;
        let pool = shared.connections.pool();
        let (connection, server) = tokio::join!(
            Connection::http2(ours, socket.probe(), &shared.settings.limits),
            h2::server::handshake(theirs)
        );
        let (connection, _server) = (connection.unwrap(), server.unwrap());
        // Lets the client read the rest of the server's handshake.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let request = || Request::post("https://localhost/").body(BODY).unwrap();
        let origin = Origin::of(request().uri()).unwrap();
        pool.put(origin.clone(), connection, None);
        let mut used_again = [false; N];
        for (after, is_used_again) in after.into_iter().zip(&mut used_again) {
            let connection = pool.take(&origin).await.unwrap();
            let request = OutgoingRequest::new(request(), &origin)
                .unwrap()
                .take_for(&connection, None);
            let in_use = InUse::default();
            let mut pooled = PooledConnection::new(pool, &origin, &in_use, connection);
            let tracker = SendTracker::default();
            let result = pooled.send(&shared.settings, request, &tracker);
            #[allow(clippy::disallowed_methods)] // The clock is paused.
            let result = tokio::time::timeout(after, result).await;
            assert!(result.is_err(), "the peer does not respond");
            drop(pooled);
            *is_used_again = pool.take(&origin).await.is_some();
        }
        used_again
    }

    // T45
    #[cfg(feature = "_tls")]
    #[tokio::test(start_paused = true)]
    async fn a_connection_to_an_unresponsive_peer_is_not_reused() {
        let [brief, long] = [10, 1_000].map(Duration::from_millis);
        assert_eq!(drop_calls([brief, brief]).await, [true, true]);
        assert_eq!(drop_calls([long]).await, [false]);
        // A second call that is dropped early does not reset the wait.
        assert_eq!(drop_calls([long - brief, brief]).await, [true, false]);
    }
}
