//! `cargo xtask soak models|paging|transport|emulator`: the long runs of what the tests do a little of.
//!
//! All are commands of one binary, `tests/soak`, which shares its parts with the tests.

use std::hash::{BuildHasher, RandomState};
use std::process::Command;

use crate::error::Error;
use crate::options::Options;
use crate::workspace::Workspace;

const DEFAULT_VALUES: u64 = 10_000_000;
const DEFAULT_SCHEDULES: u64 = 10_000_000;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Error> {
    match arguments.split_first() {
        Some((what, options)) if what == "models" => models(workspace, options),
        Some((what, options)) if what == "paging" => paging(workspace, options),
        Some((what, options)) if what == "transport" => transport(workspace, options),
        Some((what, options)) if what == "emulator" => emulator(workspace, options),
        _ => {
            let message = "`soak` needs `models`, `paging`, `transport` or `emulator`";
            Err(Error::Usage(message.into()))
        }
    }
}

/// Writes and reads generated values of every model.
fn models(workspace: &Workspace, arguments: &[String]) -> Result<(), Error> {
    let names = ["--values", "--seconds", "--seed"];
    let options = Options::parse("models", arguments, &names)?;
    let values = options.number("--values")?.unwrap_or(DEFAULT_VALUES);
    let seconds = options.number("--seconds")?.unwrap_or(0);
    let seed = options.number("--seed")?.unwrap_or_else(any_seed);

    let mut command = workspace.cargo();
    command
        .args(["run", "--quiet", "--release", "--locked"])
        .args(["--package", "gatelet-soak", "--", "models"])
        .args([values, seconds, seed].map(|number| number.to_string()));
    finish(command)
}

/// Lists over a socket, and then runs random schedules of listings.
fn paging(workspace: &Workspace, arguments: &[String]) -> Result<(), Error> {
    let options = Options::parse("paging", arguments, &["--schedules", "--seed"])?;
    let schedules = options.number("--schedules")?.unwrap_or(DEFAULT_SCHEDULES);
    let seed = options.number("--seed")?.unwrap_or_else(any_seed);

    let mut command = workspace.cargo();
    command
        .args(["run", "--quiet", "--release", "--locked"])
        .args(["--package", "gatelet-soak", "--", "paging"])
        .args([schedules, seed].map(|number| number.to_string()));
    finish(command)
}

/// Cuts every exchange at every byte, calls a server that is down, and makes and drops very many calls.
fn transport(workspace: &Workspace, arguments: &[String]) -> Result<(), Error> {
    let names = ["--calls", "--at-once", "--cancellations", "--seed"];
    let options = Options::parse("transport", arguments, &names)?;
    let calls = options.number("--calls")?.unwrap_or(u64::MAX);
    let at_once = options.number("--at-once")?.unwrap_or(10_000);
    let cancellations = options.number("--cancellations")?.unwrap_or(100_000);
    let seed = options.number("--seed")?.unwrap_or_else(any_seed);

    let mut command = workspace.cargo();
    command
        .args(["run", "--quiet", "--release", "--locked"])
        .args(["--package", "gatelet-soak", "--", "transport"])
        .args([calls, at_once, cancellations, seed].map(|number| number.to_string()));
    finish(command)
}

/// Works through faults with a ledger, with many clients at once, on very many tokens, and amid very many connections.
fn emulator(workspace: &Workspace, arguments: &[String]) -> Result<(), Error> {
    let names = ["--operations", "--tokens", "--connections", "--seed"];
    let options = Options::parse("emulator", arguments, &names)?;
    let operations = options.number("--operations")?.unwrap_or(100_000);
    let tokens = options.number("--tokens")?.unwrap_or(1_000_000);
    let connections = options.number("--connections")?.unwrap_or(1000);
    let seed = options.number("--seed")?.unwrap_or_else(any_seed);

    let mut command = workspace.cargo();
    command
        .args(["run", "--quiet", "--release", "--locked"])
        .args(["--package", "gatelet-soak", "--", "emulator"])
        .args([operations, tokens, connections, seed].map(|number| number.to_string()));
    finish(command)
}

fn finish(mut command: Command) -> Result<(), Error> {
    let status = command
        .status()
        .map_err(|error| format!("soak: {command:?}: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Check(format!("soak: {status}, see above")))
}

/// Another seed for every run.
fn any_seed() -> u64 {
    RandomState::new().hash_one(())
}
