//! One connection to an origin.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;

use super::dial::dial;
use super::driver::Driver;
#[cfg(feature = "_tls")]
use super::frames::{Followed, LargeHead};
use super::heard::{Heard, Listening};
use super::origin::Origin;
use super::outbound::Outbound;
use super::payload::Payload;
use super::proxy::Proxy;
#[cfg(feature = "_tls")]
use super::silence::Silence;
use super::socket::{Line, Pulse, Socket};
#[cfg(feature = "_tls")]
use super::tunnel;
use super::{Limits, Shared, fault};
use crate::{Departure, Phase, TransportError, TransportErrorKind};

#[cfg(feature = "_tls")]
use hyper::client::conn::http2;
#[cfg(feature = "_tls")]
use tokio::io::{AsyncRead, AsyncWrite};

/// A connection on which requests can be sent; an HTTP/2 one may be cloned and used by many at once.
pub(super) struct Connection {
    sender: Sender,
    line: Line,
    outbound: Outbound,
    heard: Heard,
    /// Kept for its drop, which closes the socket.
    driver: Arc<Driver>,
}

enum Sender {
    Http1(http1::SendRequest<Payload>),
    #[cfg(feature = "_tls")]
    Http2(http2::SendRequest<Payload>, LargeHead, Silence),
}

impl Connection {
    /// Resolves, connects, shakes hands: all of it within the connect timeout.
    pub(super) async fn open(shared: &Shared, origin: &Origin) -> Result<Self, TransportError> {
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        tokio::time::timeout(
            shared.timeouts.connect,
            Self::open_unhurried(shared, origin),
        )
        .await
        .unwrap_or_else(|_| {
            Err(TransportError::new(TransportErrorKind::Timeout(
                Phase::Connect,
            )))
        })
    }

    async fn open_unhurried(shared: &Shared, origin: &Origin) -> Result<Self, TransportError> {
        #[cfg(not(feature = "_tls"))]
        if origin.is_https() {
            return Err(TransportError::new(TransportErrorKind::Config)
                .with_source("this build has no TLS: enable the feature `ring` or `aws-lc-rs`"));
        }
        let proxy = shared.proxies.on_the_way_to(origin);
        let socket = Socket::new(dial(proxy.map_or(origin, Proxy::origin)).await?);
        let line = socket.line();
        #[cfg(feature = "_tls")]
        if origin.is_https() {
            let socket = match proxy {
                Some(proxy) => tunnel::dig(socket, proxy, origin).await?,
                None => socket,
            };
            let stream = shared.tls.handshake(origin, socket).await?;
            return if super::tls::speaks_http2(&stream) {
                Self::http2(stream, line, &shared.limits).await
            } else {
                Self::http1(TokioIo::new(stream), line, &shared.limits).await
            };
        }
        Self::http1(TokioIo::new(socket), line, &shared.limits).await
    }

    pub(super) async fn http1<T>(
        stream: T,
        line: Line,
        limits: &Limits,
    ) -> Result<Self, TransportError>
    where
        T: Read + Write + Send + Unpin + 'static,
    {
        /// hyper refuses to work with less than this.
        const SMALLEST_BUFFER: usize = 8 * 1024;

        let (outbound, heard) = (Outbound::default(), Heard::default());
        let stream = Listening::new(stream, heard.clone());
        let (sender, driver) = http1::Builder::new()
            .max_headers(limits.head_fields)
            .max_header_size(limits.head)
            .max_buf_size(limits.head.max(SMALLEST_BUFFER))
            // A user agent puts spaces in the place of each fold (RFC 9112 section 5.2).
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(outbound.gate(stream))
            .await
            .map_err(|error| fault::unsent(fault::broken(error, limits)))?;
        Ok(Self {
            sender: Sender::Http1(sender),
            line,
            outbound,
            heard,
            driver: Driver::default().drive(driver),
        })
    }

    #[cfg(feature = "_tls")]
    pub(super) async fn http2<T>(
        stream: T,
        line: Line,
        limits: &Limits,
    ) -> Result<Self, TransportError>
    where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        /// h2 does not tell a head that it will not read from a malformed one, so it reads a little more than we accept.
        const MARGIN: usize = 4;

        let most = limits.head.saturating_mul(MARGIN);
        let (large_head, silence) = (LargeHead::default(), Silence::default());
        let stream = Followed::new(stream, limits.head, large_head.clone(), silence.clone());
        let driver = Driver::default();
        let (sender, work) = http2::Builder::new(driver.executor())
            .max_header_list_size(u32::try_from(most).unwrap_or(u32::MAX))
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| fault::unsent(fault::broken(error, limits)))?;
        Ok(Self {
            sender: Sender::Http2(sender, large_head, silence),
            line,
            outbound: Outbound::default(),
            heard: Heard::default(),
            driver: driver.drive(work),
        })
    }

    /// Sends a request whose URI and `Host` are in the form that the protocol wants. Over HTTP/2 it has departed before.
    pub(super) async fn send(
        &mut self,
        request: Request<Payload>,
        departure: &Departure,
    ) -> Result<Response<Incoming>, TrySendError<Request<Payload>>> {
        match &mut self.sender {
            Sender::Http1(sender) => {
                self.outbound.begin(departure);
                self.heard.restart();
                sender.try_send_request(request).await
            }
            #[cfg(feature = "_tls")]
            Sender::Http2(sender, _, silence) => {
                silence.begin();
                sender.try_send_request(request).await
            }
        }
    }

    pub(super) fn is_http2(&self) -> bool {
        match &self.sender {
            Sender::Http1(_) => false,
            #[cfg(feature = "_tls")]
            Sender::Http2(..) => true,
        }
    }

    /// Whether nothing is wrong with it when whoever waits for an answer goes away: that stream is reset, others go on. A peer
    /// that is gone without a word would be waited for again and again, so one that has long said nothing is not trusted.
    pub(super) fn outlives_its_users(&self) -> bool {
        match &self.sender {
            Sender::Http1(_) => false,
            #[cfg(feature = "_tls")]
            Sender::Http2(_, _, silence) => !silence.is_long(),
        }
    }

    /// Another handle on an HTTP/2 connection.
    pub(super) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1(_) => None,
            #[cfg(feature = "_tls")]
            Sender::Http2(sender, large_head, silence) => Some(Self {
                sender: Sender::Http2(sender.clone(), large_head.clone(), silence.clone()),
                line: self.line.clone(),
                outbound: self.outbound.clone(),
                heard: self.heard.clone(),
                driver: self.driver.clone(),
            }),
        }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.driver, &other.driver)
    }

    /// Whether it can take a request right now.
    pub(super) fn is_ready(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => sender.is_ready(),
            #[cfg(feature = "_tls")]
            Sender::Http2(sender, ..) => sender.is_ready(),
        }
    }

    /// Whether it can take another request after a time of idleness.
    pub(super) async fn is_alive(&self) -> bool {
        /// What came may be read by then: a TLS session ticket, or the peer's farewell.
        const LOOKS: u32 = 4;

        for _ in 0..LOOKS {
            match self.line.pulse() {
                Pulse::Gone => return false,
                Pulse::Quiet => return self.is_ready(),
                Pulse::Speaks => tokio::task::yield_now().await,
            }
        }
        // Nothing is to be heard on an idle connection, but on one that others use.
        self.has_other_users() && self.is_ready()
    }

    /// Whether others use it, besides the pool and whoever asks.
    fn has_other_users(&self) -> bool {
        self.handles() > 2
    }

    /// Whether it takes another request besides those of its users, of whom the pool is none.
    pub(super) fn has_room(&self) -> bool {
        /// No server should allow fewer at once (RFC 9113 section 6.5.2), and many allow no more. Others would wait in h2.
        const STREAMS: usize = 100;

        self.handles() <= STREAMS
    }

    fn handles(&self) -> usize {
        Arc::strong_count(&self.driver)
    }

    /// Waits until the last exchange is cleared away; false when the connection will not take another request.
    pub(super) async fn settle(&mut self) -> bool {
        /// A request that is still being written after its answer came holds the connection up: not worth a wait.
        const PATIENCE: Duration = Duration::from_millis(10);

        let ready = async {
            match &mut self.sender {
                Sender::Http1(sender) => sender.ready().await,
                #[cfg(feature = "_tls")]
                Sender::Http2(sender, ..) => sender.ready().await,
            }
        };
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        let settled = tokio::time::timeout(PATIENCE, ready).await;
        matches!(settled, Ok(Ok(())))
    }

    /// The status of the answer to the last request, which may be known before its head is whole; HTTP/1.1 only.
    pub(super) fn status_heard(&self) -> Option<StatusCode> {
        self.heard.status()
    }

    /// Whether it brought a head above the limit, which h2 tells from a malformed one to nobody.
    pub(super) fn had_large_head(&self) -> bool {
        match &self.sender {
            Sender::Http1(_) => false,
            #[cfg(feature = "_tls")]
            Sender::Http2(_, large_head, _) => large_head.was_seen(),
        }
    }
}
