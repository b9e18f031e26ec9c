//! A transport over reqwest, for programs that use reqwest for everything else.
//!
//! Its settings and errors follow `docs/own-transport.md`; the suite in `gatelet_transport::testing::contract` checks them.

mod failure;
mod reqwest_transport;

pub use reqwest_transport::ReqwestTransport;
