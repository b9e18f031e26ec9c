//! Code that the tests of several packages share.
//!
//! - [`RawServer`](raw_server::RawServer): responds with bytes that a test chooses. [`Proxy`](proxy::Proxy): forwards every
//!   request to one server, [`SocksProxy`](socks::SocksProxy) every connection.
//! - [`TaskServer`](task_server::TaskServer) (feature `tasks`): runs a test's code for each connection.
//! - `pki` and `tls_server` (feature `tls`): certificates, and a TLS server in front of a plain one.
//! - `models` (feature `models`): every model with a sample, and generated values of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

#[cfg(feature = "models")]
pub mod models;
#[cfg(feature = "tls")]
pub mod pki;
pub mod proxy;
pub mod raw_server;
pub mod socks;
#[cfg(feature = "tasks")]
pub mod task_server;
#[cfg(feature = "tls")]
pub mod tls_server;
