//! Both clients over real sockets, against servers that misbehave on purpose.
//!
//! They need the clients, the transport and the emulator together, so they are in none of those crates. The tests in `tests/`
//! are short; `cargo xtask soak transport` runs the same code at full length.
//!
//! - [`Operation`]: one of the vendors' operations. [`Fixture`]: an emulator. [`Target`]: its objects for each call.
//!   [`TestClient`]: calls an operation through the real client.
//! - [`Server`]: responds as the emulator does, and cuts the first exchange at a given byte.
//! - [`cut`]: every operation, cut at every byte in every way. [`amplification`]: the number of requests to a server that is
//!   down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "all of this crate is tests"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "it runs on real sockets, so its timeouts are real too"
)]

pub mod amplification;
mod call;
mod client;
pub mod cut;
mod fixture;
#[rustfmt::skip]
mod generated;
mod objects;
mod operation;
mod server;
mod target;

pub use client::TestClient;
pub use fixture::{Fixture, Role};
pub use operation::Operation;
pub use server::{Cut, CutKind, Framing, Point, Served, Server, ServerLog};
pub use target::Target;
