//! The emulator from the outside: called directly, as a transport, and over a socket.
//!
//! One test target, so that what the tests share is one module that is used as a whole.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod active_gates;
mod asa;
mod bodies;
mod concurrency;
mod contract;
mod dt;
mod enrollment;
mod enrollment_tokens;
#[cfg(feature = "serve")]
mod faults;
mod fleet;
#[cfg(feature = "serve")]
mod limits;
mod oauth;
mod other_clients;
mod projects;
mod resource_groups;
mod secrets;
#[cfg(feature = "serve")]
mod serve;
mod service_user_keys;
mod service_users;
#[cfg(feature = "serve")]
mod socket;
mod support;
mod unknown_members;
mod unknown_paths;
mod update_jobs;
