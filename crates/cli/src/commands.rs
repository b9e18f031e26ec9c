//! One module for each command.

pub(crate) mod asa;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod confirmation;
mod deletion;
pub(crate) mod deletions;
pub(crate) mod doctor;
pub(crate) mod dt;
pub(crate) mod emulator;
pub(crate) mod exporter;
mod hand_over;
pub(crate) mod login;
mod prompt;
pub(crate) mod remedy;
pub(crate) mod report;
pub(crate) mod secret_output;
pub(crate) mod version;
mod watch;
