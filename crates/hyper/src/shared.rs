//! What all clones of a transport share.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::connect::proxy::proxy::Proxies;
#[cfg(feature = "_tls")]
use crate::connect::tls::tls::Tls;
use crate::pool::pool::Pool;
#[cfg(feature = "_tls")]
use crate::pool::single_flight::Flights;
use crate::settings::{ConnectionTimeouts, Limits};

/// What all clones of a transport have in common.
pub(crate) struct Shared {
    pub(crate) timeouts: ConnectionTimeouts,
    pub(crate) limits: Limits,
    /// One permit for each exchange under way.
    pub(crate) in_flight: Semaphore,
    pub(crate) pool: Arc<Pool>,
    #[cfg(feature = "_tls")]
    pub(crate) flights: Arc<Flights>,
    pub(crate) proxies: Proxies,
    #[cfg(feature = "gzip")]
    pub(crate) accepts_gzip: bool,
    #[cfg(feature = "_tls")]
    pub(crate) tls: Tls,
}
