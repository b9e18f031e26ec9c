//! Both clients over real sockets, against servers that misbehave on purpose.
//!
//! What is here needs the clients, the transport and the emulator together, so it is in none of their crates. The tests
//! in `tests/` are short and deterministic; `cargo xtask soak transport` runs the same code at full length.
//!
//! - [`Operation`]: one of the vendors' operations, [`World`]: an emulator with something for each of them to work on,
//!   [`Caller`]: one such call through the real client.
//! - [`Server`]: answers as the emulator does, and cuts the first exchange where it is told to.
//! - [`cut`]: every operation, cut at every byte in every way. [`amplification`]: how many requests a server that is down
//!   sees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "all of this crate is tests"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "it runs on real sockets, so its patience is real too"
)]

pub mod amplification;
mod caller;
pub mod cut;
mod operation;
mod server;
mod world;

pub use caller::Caller;
pub use operation::Operation;
pub use server::{Account, Cut, Ending, Exchange, Framing, Point, Server};
pub use world::{Role, Target, World};
