//! Connections: how they are shared, kept and given up.

pub(crate) mod checkout;
pub(crate) mod connection;
pub(crate) mod in_use;
pub(crate) mod keep_alive;
pub(crate) mod liveness;
pub(crate) mod pool;
#[cfg(feature = "_tls")]
pub(crate) mod single_flight;
#[cfg(feature = "_tls")]
pub(crate) mod stream_limit;
pub(crate) mod tasks;
