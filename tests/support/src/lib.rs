//! What the tests of several packages share.
//!
//! - `models` (feature `models`): every model with a sample, and generated values of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

#[cfg(feature = "models")]
pub mod models;
