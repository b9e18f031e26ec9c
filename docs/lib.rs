//! The README and the pages of this folder as documentation tests, so that their Rust code compiles and runs.
//!
//! They live in a crate of their own because they use both clients and the emulator, and because no published crate
//! should have to carry pages from outside of its folder.
#![cfg(doctest)]

#[doc = include_str!("../README.md")]
mod readme {}

#[doc = include_str!("errors-and-retries.md")]
mod errors_and_retries {}

#[doc = include_str!("own-transport.md")]
mod own_transport {}

#[doc = include_str!("testing.md")]
mod testing {}

#[doc = include_str!("tracing.md")]
mod tracing {}
