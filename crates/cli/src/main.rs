//! `gatelet`: manages gateways of Okta Advanced Server Access and ActiveGate tokens of Dynatrace.

mod cli;
mod client;
mod commands;
mod env;
mod error;
#[rustfmt::skip]
mod generated;
mod options;
mod output;
mod private_file;
mod secret;
mod settings;
mod signal;
mod terminal;

use std::process::ExitCode;

use crate::cli::{run, usage};
use crate::error::error::CliError;

fn main() -> ExitCode {
    match try_main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

fn try_main() -> Result<(), CliError> {
    let arguments: Vec<_> = std::env::args_os().collect();
    secret::reject_in_arguments(&arguments)?;
    run::run(usage::parse(arguments)?)
}
