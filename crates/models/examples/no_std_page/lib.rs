//! A crate without std that reads a page of ActiveGate tokens.
//!
//! It is a library, because a program without std brings its own start-up code. `cargo xtask no-std` links [`page`] into
//! such a program, with its own allocator and panic handler, and runs it.
#![no_std]

extern crate alloc;

pub mod page;
