//! The client over scripted transports and over the emulator, with a clock that takes no time.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod body_limit;
mod call_options;
mod credentials;
mod foreign_text;
mod key_files;
mod links;
mod lists;
#[cfg(target_os = "linux")]
mod memory;
mod opa;
mod operations;
mod requests;
mod responses;
mod support;
