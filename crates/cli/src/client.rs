//! The clients that commands call.

pub(crate) mod asa_credentials;
pub(crate) mod connection;
pub(crate) mod dt_credentials;
pub(crate) mod embedded;
pub(crate) mod factory;
pub(crate) mod logging_transport;
