//! The state that clones of a transport share.

use tokio::sync::Semaphore;

use crate::pool::connections::Connections;
use crate::settings::Settings;

/// The state of a transport.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    /// One permit for each exchange in flight.
    pub(crate) in_flight: Semaphore,
    pub(crate) connections: Connections,
    #[cfg(feature = "gzip")]
    pub(crate) accepts_gzip: bool,
}
