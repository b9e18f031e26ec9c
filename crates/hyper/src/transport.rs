//! The transport.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use tokio::runtime::Handle;

use crate::error;
use crate::exchange::Exchange;
use crate::pool::in_use::InUse;
use crate::pool::pool::Pool;
use crate::shared::Shared;
use crate::task::{RuntimeGone, Task};
use gatelet_transport::{SendTracker, Transport, TransportError, TransportErrorKind};

/// HTTP/1.1 and HTTP/2 over TCP and TLS, with a pool of connections. Clones share the pool.
///
/// Each call needs a tokio runtime with I/O and time enabled. Building the transport needs none, and it may be used under several
/// runtimes. HTTP/2 is used where the server chooses it in the TLS handshake. TLS needs the feature `ring` or `aws-lc-rs`;
/// without it only servers on loopback can be reached. The process-wide default provider of rustls is neither read nor set.
///
/// ```no_run
/// use bytes::Bytes;
/// use gatelet_hyper::HyperTransport;
/// use gatelet_transport::Transport;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = HyperTransport::new();
/// let request = http::Request::get("http://localhost:8080/").body(Bytes::new())?;
/// let response = transport.send(request).await?;
/// println!("{} with {} bytes", response.status(), response.body().len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HyperTransport {
    pub(crate) shared: Arc<Shared>,
}

impl Transport for HyperTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let runtime = Handle::try_current().map_err(no_runtime)?;
        let tracker = SendTracker::of(&request);
        tracker.queued();
        let exchange = Exchange::new(request)?;
        #[cfg(feature = "gzip")]
        let exchange = if self.shared.accepts_gzip {
            exchange.allow_gzip()
        } else {
            exchange
        };
        let in_use = InUse::default();
        let caller = Caller {
            in_use: in_use.clone(),
            pool: self.shared.connections.pool(),
        };
        let task = Task::spawn(&runtime, {
            let (shared, tracker) = (self.shared.clone(), tracker.clone());
            async move { exchange.run(&shared, &tracker, &in_use).await }
        });
        let result = task.await;
        drop(caller);
        result.unwrap_or_else(|error| Err(runtime_gone(&error, &tracker)))
    }
}

/// The caller of an exchange. When it is dropped, it decides about the connection before the next request can get it.
struct Caller<'a> {
    in_use: InUse,
    pool: &'a Pool,
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        self.in_use.abandon(self.pool);
    }
}

fn no_runtime(_: tokio::runtime::TryCurrentError) -> TransportError {
    error::config("no tokio runtime: `HyperTransport` must be called within one")
}

fn runtime_gone(_: &RuntimeGone, tracker: &SendTracker) -> TransportError {
    let interrupted = TransportError::new(TransportErrorKind::Interrupted);
    error::with_sent_extent(
        tracker.attempt_failed(),
        interrupted.with_source("the tokio runtime was dropped"),
    )
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport")
            .field("timeouts", &self.shared.settings.timeouts)
            .field("limits", &self.shared.settings.limits)
            .finish_non_exhaustive()
    }
}
