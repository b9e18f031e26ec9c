//! The command line: parsed, run, reported.

pub(crate) mod args;
mod examples;
mod help;
pub(crate) mod run;
pub(crate) mod usage;
mod variables;
mod watchdog;
