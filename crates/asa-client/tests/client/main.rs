//! The client over scripted transports and over the emulator, with a clock that takes no time.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod credentials;
mod enrollment_tokens;
mod foreign_text;
mod identity;
mod key_files;
mod key_rotation;
mod links;
mod lists;
#[cfg(target_os = "linux")]
mod memory;
mod migration;
mod old_key;
mod opa;
mod operations;
mod projects;
mod requests;
mod resource_groups;
mod responses;
mod support;
