//! The command line: parsed, run, reported.

pub(crate) mod args;
pub(crate) mod run;
pub(crate) mod usage;
mod watchdog;
