//! The builder.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::connect::connector::Connector;
use crate::connect::proxy::proxy::Proxies;
use crate::pool::connections::Connections;
use crate::pool::pool::{Pool, PoolSettings};
use crate::settings::{ConnectionTimeouts, Limits, Settings};
use crate::shared::Shared;
use crate::transport::HyperTransport;
use gatelet_transport::{BodyLimit, TransportError};

#[cfg(feature = "_tls")]
use crate::connect::tls::tls::{Tls, TlsOptions};
#[cfg(feature = "_tls")]
use crate::pool::single_flight::Flights;

/// Builds a [`HyperTransport`].
///
/// ```
/// use std::time::Duration;
/// use gatelet_hyper::HyperTransport;
///
/// let transport = HyperTransport::builder()
///     .connect_timeout(Duration::from_secs(2))
///     .body_limit(64 * 1024 * 1024)
///     .build();
/// # let _ = transport;
/// ```
#[derive(Clone)]
#[must_use]
pub struct HyperTransportBuilder {
    settings: Settings,
    max_in_flight: usize,
    pool: PoolSettings,
    proxies: Proxies,
    #[cfg(feature = "gzip")]
    accepts_gzip: bool,
    #[cfg(feature = "_tls")]
    pub(super) tls: TlsOptions,
}

impl HyperTransportBuilder {
    pub(crate) fn new() -> Self {
        Self {
            settings: Settings {
                timeouts: ConnectionTimeouts {
                    connect: Duration::from_secs(5),
                    first_byte: Duration::from_secs(20),
                    stall: Duration::from_secs(20),
                },
                limits: Limits {
                    // Leaves room for a `Link` field of 64 KiB and the usual other fields.
                    head: 65 * 1024 - 1,
                    head_fields: 100,
                    body: None,
                },
            },
            max_in_flight: 100,
            pool: PoolSettings {
                max_kept: 32,
                idle_timeout: Duration::from_secs(60),
                max_age: Duration::from_secs(10 * 60),
            },
            proxies: Proxies::default(),
            #[cfg(feature = "gzip")]
            accepts_gzip: false,
            #[cfg(feature = "_tls")]
            tls: TlsOptions::default(),
        }
    }

    /// Sets the time limit for opening a connection, including name resolution and TLS. Default 5 s.
    ///
    /// A request that waits for a connection which another request opens has the same limit, counted from its own start.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeouts.connect = timeout;
        self
    }

    /// Sets the time limit for the head of the response, counted from when the request is handed to a connection.
    /// Default 20 s.
    pub fn first_byte_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeouts.first_byte = timeout;
        self
    }

    /// Sets how long a response body may make no progress. Default 20 s.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeouts.stall = timeout;
        self
    }

    /// Sets the size limit of a response body, in bytes. By default only the limit of the call applies.
    ///
    /// The limit of a call is [`ChannelBuilder::body_limit`](gatelet_transport::ChannelBuilder::body_limit), 10 MiB by default; the
    /// smaller one applies.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.settings.limits.body = Some(BodyLimit::new(bytes));
        self
    }

    /// Sets the size limit of a response head, in bytes. Default: less than 65 KiB. Trailers are limited to 64 KiB.
    pub fn max_head_size(mut self, bytes: usize) -> Self {
        self.settings.limits.head = bytes;
        self
    }

    /// Sets the limit for the number of fields in a response head. Default 100.
    pub fn max_head_fields(mut self, fields: usize) -> Self {
        self.settings.limits.head_fields = fields;
        self
    }

    /// Sets the limit for concurrent requests; others wait their turn. It also bounds the number of open connections, to this
    /// number plus the idle ones. HTTP/2 connections are shared by as many requests as the server allows
    /// (`MAX_CONCURRENT_STREAMS`), or 100 if it does not say. Default 100, at least 1.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.max_in_flight = requests.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Sets the limit for idle connections, to all servers together. Default 32; 0 keeps none.
    ///
    /// HTTP/2 connections in use count too. The least recently used idle connection makes room for another one.
    pub fn max_idle_connections(mut self, connections: usize) -> Self {
        self.pool.max_kept = connections;
        self
    }

    /// Sets how long an idle connection is kept. Default 60 s.
    ///
    /// If an HTTP/1.1 server announces a shorter time with `Keep-Alive: timeout=N`, the connection is reused until one second
    /// before that, or for half of the time if it is shorter than two seconds.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool.idle_timeout = timeout;
        self
    }

    /// Sets the maximum age of a connection, counted from its handshake, at which a request may start on it. Default 10 minutes;
    /// `Duration::MAX` means no limit.
    ///
    /// Otherwise a connection in constant use would live as long as the process and miss changes of DNS, proxy and certificate.
    /// Requests that are in flight when the age is reached complete on the connection.
    ///
    /// ```
    /// use std::time::Duration;
    /// use gatelet_hyper::HyperTransport;
    ///
    /// let transport = HyperTransport::builder()
    ///     .max_connection_age(Duration::from_secs(60))
    ///     .build();
    /// # let _ = transport;
    /// ```
    pub fn max_connection_age(mut self, age: Duration) -> Self {
        self.pool.max_age = age;
        self
    }

    /// Asks for gzip responses and decodes them. The body limit applies before and after decoding. A request with an
    /// `Accept-Encoding` of its own is not changed, nor is its response. Off by default: to an eavesdropper, the compressed length
    /// reveals more about a secret in a body than the plain length.
    #[cfg(feature = "gzip")]
    pub fn accept_gzip(mut self) -> Self {
        self.accepts_gzip = true;
        self
    }

    /// Sets the proxies. By default there is none, and no environment variable is read.
    pub fn proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Sets the proxies from environment variables; see [`Proxies::from_environment`].
    ///
    /// # Errors
    ///
    /// A `Config` error that names the variable if its value is not the address of a plain HTTP proxy.
    pub fn proxy_from_environment(self) -> Result<Self, TransportError> {
        Ok(self.proxies(Proxies::from_environment()?))
    }

    /// Builds the transport. The trust roots of the platform are loaded at the first TLS handshake.
    #[must_use]
    pub fn build(self) -> HyperTransport {
        let connector = Connector {
            proxies: self.proxies,
            #[cfg(feature = "_tls")]
            tls: Tls::new(self.tls),
        };
        let connections = Connections::new(
            connector,
            Pool::new(self.pool),
            #[cfg(feature = "_tls")]
            Flights::new(self.settings.timeouts.connect),
        );
        HyperTransport {
            shared: Arc::new(Shared {
                connections,
                settings: self.settings,
                in_flight: Semaphore::new(self.max_in_flight),
                #[cfg(feature = "gzip")]
                accepts_gzip: self.accepts_gzip,
            }),
        }
    }
}

impl HyperTransport {
    /// Returns a transport with the defaults of [`HyperTransportBuilder`]. Reads no file and opens no socket.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns a builder for a transport with other settings.
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::new()
    }
}

impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder")
            .field("timeouts", &self.settings.timeouts)
            .field("limits", &self.settings.limits)
            .field("max_in_flight", &self.max_in_flight)
            .field("max_idle_connections", &self.pool.max_kept)
            .field("idle_timeout", &self.pool.idle_timeout)
            .field("max_connection_age", &self.pool.max_age)
            .field("proxies", &self.proxies)
            .finish_non_exhaustive()
    }
}
