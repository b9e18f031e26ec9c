//! The use of one connection for one exchange.

use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use super::connection::{Body, Connection};
use super::interim::Interim;
use super::origin::Origin;
use super::pool::Pool;
use super::{Shared, fault};
use crate::{Phase, TransportError, TransportErrorKind};

/// How an attempt on one connection failed.
pub(super) enum Failure {
    /// The connection was closed before it took the request, which is here again.
    Returned(Box<Request<Body>>, TransportError),
    Final(TransportError),
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::Final(error)
    }
}

/// A connection in use. Unless it is given back it is never used again: not after an error, not after a timeout, and not when
/// the caller has dropped the exchange.
pub(super) struct Lease<'a> {
    pool: &'a Arc<Pool>,
    connection: Option<Connection>,
}

impl<'a> Lease<'a> {
    pub(super) fn new(pool: &'a Arc<Pool>, connection: Connection) -> Self {
        Self {
            pool,
            connection: Some(connection),
        }
    }

    /// Sends the request and waits for the head of its answer.
    pub(super) async fn first_byte(
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
        let status = connection.status_heard();
        Err(Failure::Final(if self.close_unwritten(before).await {
            fault::unsent(error)
        } else if let Some(status) = status {
            error.with_status(status)
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

    pub(super) async fn give_back(mut self, origin: Origin) {
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
    use super::super::exchange::Exchange;
    use super::super::socket::Line;
    use super::{Failure, Lease};
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
        let connection = Connection::http1(peer, Line::closed(), &shared.limits)
            .await
            .unwrap();
        let request = Request::post("http://localhost/")
            .body(Bytes::new())
            .unwrap();
        let request = Exchange::new(request)
            .unwrap()
            .request_for(&connection, None);
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
