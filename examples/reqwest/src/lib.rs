//! A transport over reqwest, for programs that send everything else with it too.
//!
//! What it is set up for, and what it says of a failure, is what `docs/own-transport.md` asks of a transport; the suite in
//! `gatelet_transport::testing::contract` holds it to that.

mod failure;
mod reqwest_transport;

pub use reqwest_transport::ReqwestTransport;
