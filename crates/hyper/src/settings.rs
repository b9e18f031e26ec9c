//! The time and size limits of a transport.

use std::time::Duration;

use gatelet_transport::BodyLimit;

/// The limits of each exchange.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) timeouts: ConnectionTimeouts,
    pub(crate) limits: Limits,
}

#[derive(Clone, Debug)]
pub(crate) struct ConnectionTimeouts {
    pub(crate) connect: Duration,
    pub(crate) first_byte: Duration,
    pub(crate) stall: Duration,
}

#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Bytes of a response head.
    pub(crate) head: usize,
    /// Fields of a response head.
    pub(crate) head_fields: usize,
    /// The transport's own limit for a response body.
    pub(crate) body: Option<BodyLimit>,
}
