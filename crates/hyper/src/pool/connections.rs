//! How a request gets a connection: an idle or shared one, one that another request opens, or a new one.

use std::sync::Arc;

use crate::connect::connector::Connector;
use crate::origin::Origin;
use crate::pool::connection::Connection;
use crate::pool::pool::Pool;
#[cfg(feature = "_tls")]
use crate::pool::single_flight::{Flight, Flights, NotifyOnDrop, Turn};
use crate::settings::Settings;
use gatelet_transport::{Phase, TransportError, TransportErrorKind};

/// The connections of one transport.
pub(crate) struct Connections {
    connector: Connector,
    pool: Arc<Pool>,
    #[cfg(feature = "_tls")]
    flights: Arc<Flights>,
}

/// A connection for one request.
pub(crate) struct Acquired {
    pub(crate) connection: Connection,
    /// Whether it was opened for this request.
    pub(crate) is_fresh: bool,
}

impl Acquired {
    fn pooled(connection: Connection) -> Self {
        Self {
            connection,
            is_fresh: false,
        }
    }

    fn fresh(connection: Connection) -> Self {
        Self {
            connection,
            is_fresh: true,
        }
    }
}

impl Connections {
    pub(crate) fn new(
        connector: Connector,
        pool: Arc<Pool>,
        #[cfg(feature = "_tls")] flights: Arc<Flights>,
    ) -> Self {
        Self {
            connector,
            pool,
            #[cfg(feature = "_tls")]
            flights,
        }
    }

    pub(crate) fn connector(&self) -> &Connector {
        &self.connector
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Wakes the requests that wait for a connection to this origin when the guard is dropped.
    #[cfg(feature = "_tls")]
    pub(crate) fn notify_on_drop<'a>(&'a self, origin: &'a Origin) -> NotifyOnDrop<'a> {
        self.flights.notify_on_drop(origin)
    }

    /// Returns a connection to this origin, within the connect timeout.
    pub(crate) async fn acquire(
        &self,
        origin: &Origin,
        settings: &Settings,
    ) -> Result<Acquired, TransportError> {
        if let Some(connection) = self.pool.take(origin).await {
            return Ok(Acquired::pooled(connection));
        }
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        tokio::time::timeout(
            settings.timeouts.connect,
            self.open_or_share(origin, settings),
        )
        .await
        .unwrap_or_else(|_| {
            let timeout = TransportErrorKind::Timeout(Phase::Connect);
            Err(TransportError::new(timeout))
        })
    }

    #[cfg(not(feature = "_tls"))]
    async fn open_or_share(
        &self,
        origin: &Origin,
        settings: &Settings,
    ) -> Result<Acquired, TransportError> {
        let connection = Connection::open(&self.connector, origin, &settings.limits).await?;
        Ok(Acquired::fresh(connection))
    }

    /// Opens a connection, or waits for one that another request opens and shares.
    #[cfg(feature = "_tls")]
    async fn open_or_share(
        &self,
        origin: &Origin,
        settings: &Settings,
    ) -> Result<Acquired, TransportError> {
        if !origin.is_https() || !self.pool.keeps_any() {
            let connection = Connection::open(&self.connector, origin, &settings.limits).await?;
            return Ok(Acquired::fresh(connection));
        }
        loop {
            let mut changes = self.flights.changes(origin);
            if let Some(connection) = self.pool.take(origin).await {
                return Ok(Acquired::pooled(connection));
            }
            match self.flights.turn(origin) {
                Turn::Open(flight) => {
                    // The flight before this one may just have ended.
                    if let Some(connection) = self.pool.take(origin).await {
                        return Ok(Acquired::pooled(connection));
                    }
                    let connection = self.open(origin, settings, flight).await?;
                    return Ok(Acquired::fresh(connection));
                }
                Turn::Wait(_waiter, until) => {
                    let change = tokio::time::timeout_at(until, changes.changed());
                    // Look into the pool again, whatever changed.
                    let _ = change.await;
                }
            }
        }
    }

    #[cfg(feature = "_tls")]
    async fn open(
        &self,
        origin: &Origin,
        settings: &Settings,
        flight: Flight,
    ) -> Result<Connection, TransportError> {
        match Connection::open(&self.connector, origin, &settings.limits).await {
            Ok(connection) => {
                if let Some(handle) = connection.clone_handle() {
                    self.pool.put(origin.clone(), handle, None);
                }
                connection.complete_flight(flight);
                Ok(connection)
            }
            Err(error) => {
                flight.failed();
                Err(error)
            }
        }
    }
}
