//! The client over scripted transports and over the emulator, with a clock that takes no time.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod active_gates;
mod attention;
mod created;
mod lists;
mod oauth;
mod operations;
mod platform;
mod platform_address;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod private_authority;
mod prune;
mod requests;
mod responses;
mod rotation;
mod support;
mod token_users;
#[cfg(feature = "tracing")]
mod warnings;
