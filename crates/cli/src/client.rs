//! The clients that commands call.

pub(crate) mod asa_credentials;
pub(crate) mod connection;
mod dry_run_transport;
pub(crate) mod dt_credentials;
pub(crate) mod embedded;
pub(crate) mod factory;
pub(crate) mod logging_transport;
mod proxy_password;
mod secrets_transport;
