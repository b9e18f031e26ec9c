//! One connection to an origin.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
#[cfg(feature = "_tls")]
use hyper::client::conn::http2;
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use crate::body::request::TrackedBody;
use crate::connect::connector::{Connector, Stream};
#[cfg(feature = "_tls")]
use crate::connect::tls::tls::speaks_http2;
use crate::error;
#[cfg(feature = "_tls")]
use crate::io::frame_tap::{FrameParser, FrameTap};
use crate::io::http1_tap::Http1Tap;
use crate::io::liveness::{Liveness, PendingResponse};
use crate::io::socket::{PeerState, SocketProbe};
use crate::io::status_tap::StatusTap;
use crate::io::tapped::Tapped;
use crate::origin::Origin;
use crate::pool::keep_alive::KeepAlive;
use crate::pool::logical_time::LogicalTime;
#[cfg(feature = "_tls")]
use crate::pool::single_flight::Flight;
use crate::pool::tasks::{Driver, RetireHandle};
use crate::settings::Limits;
use gatelet_transport::{SendTracker, TransportError};

/// A connection on which requests can be sent. An HTTP/2 connection has several handles, used at the same time.
pub(crate) struct Connection {
    sender: Sender,
    probe: SocketProbe,
    /// HTTP/1.1 only.
    tap: Http1Tap,
    liveness: Liveness,
    opened: (LogicalTime, Instant),
    /// What the server has announced about further requests; HTTP/1 only.
    keep_alive: KeepAlive,
    /// Shared by all handles. Closes the socket when the last one is dropped.
    driver: Arc<Driver>,
}

enum Sender {
    Http1(http1::SendRequest<TrackedBody>),
    #[cfg(feature = "_tls")]
    Http2(http2::SendRequest<TrackedBody>, FrameTap),
}

impl Connection {
    /// Opens a connection and starts HTTP on it.
    pub(crate) async fn open(
        connector: &Connector,
        origin: &Origin,
        limits: &Limits,
    ) -> Result<Self, TransportError> {
        let (stream, probe) = connector.connect(origin).await?;
        match stream {
            Stream::Plain(socket) => Self::http1(socket, probe, limits).await,
            #[cfg(feature = "_tls")]
            Stream::Tls(stream) if speaks_http2(&stream) => {
                Self::http2(stream, probe, limits).await
            }
            #[cfg(feature = "_tls")]
            Stream::Tls(stream) => Self::http1(stream, probe, limits).await,
        }
    }

    pub(crate) async fn http1<T>(
        stream: T,
        probe: SocketProbe,
        limits: &Limits,
    ) -> Result<Self, TransportError>
    where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        /// hyper refuses a smaller buffer.
        const MIN_BUFFER: usize = 8 * 1024;

        let tap = Http1Tap::default();
        let (sender, work) = http1::Builder::new()
            .max_headers(limits.head_fields)
            .max_header_size(limits.head)
            .max_buf_size(limits.head.max(MIN_BUFFER))
            // A user agent replaces each fold with spaces (RFC 9112 section 5.2).
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(TokioIo::new(Tapped::new(stream, tap.clone())))
            .await
            .map_err(|error| error::nothing_sent(error::from_hyper(error, limits)))?;
        Ok(Self {
            sender: Sender::Http1(sender),
            probe,
            tap,
            liveness: Liveness::default(),
            opened: (LogicalTime::now(), Instant::now()),
            keep_alive: KeepAlive::default(),
            driver: Driver::default().drive(work),
        })
    }

    #[cfg(feature = "_tls")]
    pub(crate) async fn http2<T>(
        stream: T,
        probe: SocketProbe,
        limits: &Limits,
    ) -> Result<Self, TransportError>
    where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        /// h2 does not distinguish a head that is too large from a malformed one, so it reads a little more than we accept.
        const MARGIN: usize = 4;

        let max_head = limits.head.saturating_mul(MARGIN);
        let frames = FrameTap::default();
        let stream = Tapped::new(stream, FrameParser::new(frames.clone(), limits.head));
        let driver = Driver::default();
        let (sender, work) = http2::Builder::new(driver.executor())
            .max_header_list_size(u32::try_from(max_head).unwrap_or(u32::MAX))
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error::nothing_sent(error::from_hyper(error, limits)))?;
        Ok(Self {
            liveness: frames.liveness.clone(),
            sender: Sender::Http2(sender, frames),
            probe,
            tap: Http1Tap::default(),
            opened: (LogicalTime::now(), Instant::now()),
            keep_alive: KeepAlive::default(),
            driver: driver.drive(work),
        })
    }

    /// Sends a request whose URI and `Host` have the form that the protocol requires. Over HTTP/2 its body must have been started.
    pub(crate) async fn send(
        &mut self,
        request: Request<TrackedBody>,
        tracker: &SendTracker,
    ) -> Result<Response<Incoming>, TrySendError<Request<TrackedBody>>> {
        match &mut self.sender {
            Sender::Http1(sender) => {
                self.tap.gate.start_request(tracker);
                sender.try_send_request(request).await
            }
            #[cfg(feature = "_tls")]
            Sender::Http2(sender, ..) => sender.try_send_request(request).await,
        }
    }

    pub(crate) fn is_http2(&self) -> bool {
        match &self.sender {
            Sender::Http1(_) => false,
            #[cfg(feature = "_tls")]
            Sender::Http2(..) => true,
        }
    }

    /// Counts a request as waiting until the guard is dropped.
    pub(crate) fn request_sent(&self) -> PendingResponse {
        self.liveness.request_sent()
    }

    /// Records that a part of a response arrived; over HTTP/2 the frames do that too.
    pub(crate) fn data_received(&self) {
        self.liveness.data_received();
    }

    /// Returns when it was opened.
    pub(crate) fn opened(&self) -> LogicalTime {
        self.opened.0
    }

    pub(crate) fn age(&self) -> Duration {
        self.opened.1.elapsed()
    }

    /// Takes what a response announces about further requests, and returns what applies from now on.
    pub(crate) fn update_keep_alive(&mut self, announced: KeepAlive) -> KeepAlive {
        self.keep_alive = self.keep_alive.after(announced);
        self.keep_alive
    }

    /// Ends a flight: over HTTP/2 as soon as the server has announced how many requests the connection takes.
    #[cfg(feature = "_tls")]
    pub(crate) fn complete_flight(&self, flight: Flight) {
        match &self.sender {
            Sender::Http1(_) => flight.negotiated_http1(),
            Sender::Http2(_, frames) => {
                flight.negotiated_http2();
                frames
                    .stream_limit
                    .on_known(|limit| flight.capacity_known(limit));
            }
        }
    }

    /// Returns another handle of an HTTP/2 connection.
    pub(crate) fn clone_handle(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1(_) => None,
            #[cfg(feature = "_tls")]
            Sender::Http2(sender, frames) => Some(Self {
                sender: Sender::Http2(sender.clone(), frames.clone()),
                probe: self.probe.clone(),
                tap: self.tap.clone(),
                liveness: self.liveness.clone(),
                opened: self.opened,
                keep_alive: self.keep_alive,
                driver: self.driver.clone(),
            }),
        }
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.driver, &other.driver)
    }

    /// Keeps it out of the pool from now on, also for the other handles. Requests in flight continue.
    pub(crate) fn retire(&self) {
        self.driver.retire();
    }

    /// Returns a handle that can retire it without keeping it open.
    pub(crate) fn retire_handle(&self) -> RetireHandle {
        RetireHandle::of(&self.driver)
    }

    pub(crate) fn is_retired(&self) -> bool {
        self.driver.is_retired()
    }

    /// Returns whether it can take a request right now.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => sender.is_ready(),
            #[cfg(feature = "_tls")]
            Sender::Http2(sender, ..) => sender.is_ready(),
        }
    }

    /// Returns whether it can take another request after it was idle.
    pub(crate) async fn is_alive(&self) -> bool {
        /// Pending data, such as a TLS session ticket or the peer's `close_notify`, is normally read by then.
        const MAX_PROBES: u32 = 4;

        for _ in 0..MAX_PROBES {
            match self.probe.peer_state() {
                PeerState::Closed => return false,
                PeerState::Idle => return self.is_ready(),
                PeerState::Readable => tokio::task::yield_now().await,
            }
        }
        // Unread data is fine only on a connection that others use.
        self.has_other_users() && self.is_ready()
    }

    /// Returns whether there are other handles.
    pub(crate) fn has_users(&self) -> bool {
        self.handle_count() > 1
    }

    /// Returns whether there are other handles, not counting that of the pool.
    fn has_other_users(&self) -> bool {
        self.handle_count() > 2
    }

    /// Returns whether it takes another request. To be called on the handle of the pool, which has no request.
    pub(crate) fn has_capacity(&self) -> bool {
        match &self.sender {
            Sender::Http1(_) => true,
            #[cfg(feature = "_tls")]
            Sender::Http2(_, frames) => self.handle_count() <= frames.stream_limit.get(),
        }
    }

    fn handle_count(&self) -> usize {
        Arc::strong_count(&self.driver)
    }

    /// Waits until another request can be sent. Returns false if the connection will not be reusable soon.
    pub(crate) async fn wait_reusable(&mut self) -> bool {
        /// A request that is still being written after its response was received is not worth a longer wait.
        const MAX_WAIT: Duration = Duration::from_millis(10);

        let ready = async {
            match &mut self.sender {
                Sender::Http1(sender) => sender.ready().await,
                #[cfg(feature = "_tls")]
                Sender::Http2(sender, ..) => sender.ready().await,
            }
        };
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        let ready_in_time = tokio::time::timeout(MAX_WAIT, ready).await;
        matches!(ready_in_time, Ok(Ok(())))
    }

    /// Returns what was observed of the response; HTTP/1.1 only.
    pub(crate) fn status_tap(&self) -> &StatusTap {
        &self.tap.status
    }

    /// Returns whether a head above the limit was received, which h2 reports like a malformed one.
    pub(crate) fn has_large_head(&self) -> bool {
        match &self.sender {
            Sender::Http1(_) => false,
            #[cfg(feature = "_tls")]
            Sender::Http2(_, frames) => frames.has_large_head(),
        }
    }
}
