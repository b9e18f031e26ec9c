//! Clients of one vendor, built by `gatelet-client`, over scripted transports and real sockets.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod body_limit;
mod call_options;
mod requests;
mod support;
