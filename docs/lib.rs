//! The README and the pages of this folder as documentation tests, so that their Rust code compiles and runs.
//!
//! They live in a crate of their own because they use both clients and the emulator, and because no published crate
//! should have to carry pages from outside of its folder.
#![cfg(doctest)]

#[doc = include_str!("../README.md")]
mod readme {}
