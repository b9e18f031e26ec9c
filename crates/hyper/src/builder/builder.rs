//! How a [`HyperTransport`] is set up.

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
use gatelet_transport::BodyLimit;
use gatelet_transport::TransportError;

#[cfg(feature = "_tls")]
use crate::connect::tls::tls::{Tls, TlsOptions};
#[cfg(feature = "_tls")]
use crate::pool::single_flight::Flights;

/// Settings of a [`HyperTransport`], each with a default that fits most.
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
                    // A `Link` field of 64 KiB fits, with the fields that usually stand beside it.
                    head: 65 * 1024 - 1,
                    head_fields: 100,
                    body: None,
                },
            },
            max_in_flight: 100,
            pool: PoolSettings {
                capacity: 32,
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

    /// How long a connection may take to come about, name resolution and TLS included. Default 5 s.
    ///
    /// A request that waits for a connection which another one opens has the same time, counted from its own beginning.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeouts.connect = timeout;
        self
    }

    /// How long the server may take until its answer begins, from the moment the request is handed to a connection.
    /// Default 20 s.
    pub fn first_byte_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeouts.first_byte = timeout;
        self
    }

    /// How long the body of an answer may stand still. Default 20 s.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeouts.stall = timeout;
        self
    }

    /// Sets the largest response body, in bytes.
    ///
    /// Calls have a limit too, [`ChannelBuilder::body_limit`](gatelet_transport::ChannelBuilder::body_limit), 10 MiB by default;
    /// the smaller one counts.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.settings.limits.body = Some(BodyLimit::new(bytes));
        self
    }

    /// The largest head of an answer, in bytes. Default: anything below 65 KiB. Trailers have 64 KiB of it at most.
    pub fn max_head_size(mut self, bytes: usize) -> Self {
        self.settings.limits.head = bytes;
        self
    }

    /// The most fields that the head of an answer may have. Default 100.
    pub fn max_head_fields(mut self, fields: usize) -> Self {
        self.settings.limits.head_fields = fields;
        self
    }

    /// The most requests under way at once; others wait their turn. It also bounds the open connections, to this number
    /// and the idle ones. Over HTTP/2 as many share a connection as the server says that it takes (`MAX_CONCURRENT_STREAMS`),
    /// or 100 if it does not say. Default 100, at least 1.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.max_in_flight = requests.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// The most connections kept open for a later request, of all servers together. Default 32; 0 keeps none.
    pub fn max_idle_connections(mut self, connections: usize) -> Self {
        self.pool.capacity = connections;
        self
    }

    /// How long an unused connection is kept. Default 60 s.
    ///
    /// A server of HTTP/1.1 that says `Keep-Alive: timeout=N` is believed where that is shorter: its connection is used again
    /// up to a second before the end, or half of the time if that is less.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool.idle_timeout = timeout;
        self
    }

    /// How old a connection may be when a request begins on it, from its handshake on. Default 10 minutes; `Duration::MAX` is
    /// no limit.
    ///
    /// A connection in constant use would otherwise live for as long as the process, and go on to an address that the name of
    /// the server no longer has, past a proxy or a certificate that was changed since. What runs when its time comes goes on
    /// to its end, also the other requests of an HTTP/2 connection.
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

    /// Asks for answers in gzip, and decodes them; the limit of a body holds before and after. A request that has an
    /// `Accept-Encoding` of its own is left alone, and so is its answer. Off by default: the length of what was compressed
    /// tells an eavesdropper more about a secret in it than its plain length does.
    #[cfg(feature = "gzip")]
    pub fn accept_gzip(mut self) -> Self {
        self.accepts_gzip = true;
        self
    }

    /// Reaches servers through proxies. By default none is used, and no variable of the environment is read.
    pub fn proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Reaches servers through the proxies that the variables of the process name; see [`Proxies::from_environment`].
    ///
    /// # Errors
    ///
    /// A `Config` error that names the variable when one is not the address of a proxy over plain HTTP.
    pub fn proxy_from_environment(self) -> Result<Self, TransportError> {
        Ok(self.proxies(Proxies::from_environment()?))
    }

    /// Makes the transport. The trust roots of the platform are read at its first TLS handshake.
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
    /// A transport with the limits that [`HyperTransportBuilder`] names. No file is read and no socket opened.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport with other limits.
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
            .field("max_idle_connections", &self.pool.capacity)
            .field("idle_timeout", &self.pool.idle_timeout)
            .field("max_connection_age", &self.pool.max_age)
            .field("proxies", &self.proxies)
            .finish_non_exhaustive()
    }
}
