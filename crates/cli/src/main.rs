//! `gatelet`: gateways of Okta Advanced Server Access and ActiveGate tokens of Dynatrace on the command line.

mod args;
mod client_factory;
mod columns;
mod commands;
mod embedded;
mod env;
mod error;
mod exit;
mod global;
mod label;
mod operation_help;
mod output;
mod paging;
mod parameter_names;
mod race;
mod record;
mod secret;
mod signal;
mod stdout;
mod table;
mod usage;
mod verbose;

use std::process::ExitCode;

use crate::error::CliError;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

fn run() -> Result<(), CliError> {
    let arguments: Vec<_> = std::env::args_os().collect();
    secret::reject_in_arguments(&arguments)?;
    commands::run(usage::parse(arguments)?)
}
