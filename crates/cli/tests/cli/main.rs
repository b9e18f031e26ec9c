//! The built binary from the outside: what it prints, where, and how it ends.
//!
//! One test target, so that the clients and their TLS stack are linked once.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod bodiless;
mod embedded;
mod endings;
mod exit_codes;
mod foreign_text;
mod killed;
#[cfg(unix)]
mod limited;
mod line;
mod listings;
mod models;
mod proxy;
mod run;
mod script;
mod secrets;
mod served;
#[cfg(unix)]
mod stopped;
mod told;
#[cfg(target_os = "linux")]
mod tunnel;
mod verbosity;
