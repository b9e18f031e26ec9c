//! The command line: parsed, run, reported.

pub(crate) mod args;
mod asa;
mod call;
pub(crate) mod completion;
#[cfg(feature = "docs")]
pub(crate) mod docs;
mod examples;
mod fleet;
mod fleet_command;
mod help;
mod line;
pub(crate) mod run;
pub(crate) mod texts;
pub(crate) mod usage;
mod variables;
mod watchdog;
