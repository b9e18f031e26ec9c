//! `gatelet`: manages gateways of Okta Advanced Server Access and ActiveGate tokens of Dynatrace.

mod cli;
mod client;
mod commands;
mod env;
mod error;
#[rustfmt::skip]
mod generated;
mod glob;
mod nearest;
mod options;
mod output;
mod private_file;
mod redaction;
mod secret;
mod settings;
mod signal;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cli::{completion, run, usage};
use crate::error::error::CliError;
use crate::error::report::{ErrorFormat, LOG_JSON};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if completion::complete(&arguments) {
        return ExitCode::SUCCESS;
    }
    let format = ErrorFormat::of(&arguments);
    if arguments.iter().any(|argument| argument == LOG_JSON) {
        terminal::use_json_lines();
    }
    match try_main(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(format),
    }
}

fn try_main(arguments: Vec<OsString>) -> Result<(), CliError> {
    secret::reject_in_arguments(&arguments)?;
    run::run(usage::parse(arguments)?)
}
