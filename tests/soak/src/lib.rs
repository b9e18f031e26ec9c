//! Long runs of checks that the tests run briefly: `cargo xtask soak models|paging|transport|emulator`.
//!
//! - [`models`]: generated values of every model, encoded and decoded.
//! - [`paging`]: lists over a socket, then random schedules in which servers fail and callers stop and resume.
//! - [`transport`]: every exchange cut at every byte, a server that is down, very many calls at once, and very many canceled
//!   ones.
//! - [`emulator`]: writes through faults, many clients of the same objects, very many tokens, and idle connections.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "all of this crate is tests"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it reports to people"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "it measures real time, on real sockets"
)]

pub mod emulator;
pub mod models;
pub mod paging;
mod process;
pub mod transport;
