//! Connections: how they are opened, shared, kept and retired.

pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod in_use;
pub(crate) mod keep_alive;
pub(crate) mod logical_time;
pub(crate) mod outgoing_request;
pub(crate) mod pool;
pub(crate) mod pooled_connection;
#[cfg(feature = "_tls")]
pub(crate) mod single_flight;
pub(crate) mod tasks;
