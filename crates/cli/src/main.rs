//! `gatelet`: gateways of Okta Advanced Server Access and ActiveGate tokens of Dynatrace on the command line.

mod args;
mod columns;
mod commands;
mod connect;
mod embedded;
mod exit;
mod failure;
mod global;
mod label;
mod listing;
mod operation;
mod output;
mod race;
mod record;
mod secret;
mod signal;
mod stdout;
mod table;
mod typed;
mod usage;
mod verbose;

use std::env;
use std::process::ExitCode;

use crate::failure::Failure;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run() -> Result<(), Failure> {
    let arguments: Vec<_> = env::args_os().collect();
    secret::refuse_in(&arguments)?;
    commands::run(usage::parse(arguments)?)
}
