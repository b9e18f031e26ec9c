//! `cargo xtask soak models|paging|transport|emulator`: long runs of checks that the tests run briefly.
//!
//! All are commands of one binary, `tests/soak`; its tests run the same code.

use std::hash::{BuildHasher, RandomState};

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

const DEFAULT_VALUES: u64 = 10_000_000;
const DEFAULT_SCHEDULES: u64 = 10_000_000;

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    match arguments.subcommand()?.as_deref() {
        Some("models") => models(workspace, arguments),
        Some("paging") => paging(workspace, arguments),
        Some("transport") => transport(workspace, arguments),
        Some("emulator") => emulator(workspace, arguments),
        _ => {
            let message = "`soak` needs `models`, `paging`, `transport` or `emulator`";
            Err(Error::Usage(message.into()))
        }
    }
}

/// Writes and reads generated values of every model.
fn models(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let values = number(&mut arguments, "--values")?.unwrap_or(DEFAULT_VALUES);
    let seconds = number(&mut arguments, "--seconds")?.unwrap_or(0);
    let seed = number(&mut arguments, "--seed")?.unwrap_or_else(random_seed);
    finish("soak models", arguments)?;

    start(workspace, "models", &[values, seconds, seed])
}

/// Lists over a socket, and then runs random schedules of lists.
fn paging(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let schedules = number(&mut arguments, "--schedules")?.unwrap_or(DEFAULT_SCHEDULES);
    let seed = number(&mut arguments, "--seed")?.unwrap_or_else(random_seed);
    finish("soak paging", arguments)?;

    start(workspace, "paging", &[schedules, seed])
}

/// Cuts every exchange at every byte, calls a server that is down, and makes and drops very many calls.
fn transport(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let calls = number(&mut arguments, "--calls")?.unwrap_or(u64::MAX);
    let at_once = number(&mut arguments, "--at-once")?.unwrap_or(10_000);
    let cancellations = number(&mut arguments, "--cancellations")?.unwrap_or(100_000);
    let seed = number(&mut arguments, "--seed")?.unwrap_or_else(random_seed);
    finish("soak transport", arguments)?;

    start(
        workspace,
        "transport",
        &[calls, at_once, cancellations, seed],
    )
}

/// Makes writes through faults, with many clients at once, lists very many tokens, and opens very many idle connections.
fn emulator(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let operations = number(&mut arguments, "--operations")?.unwrap_or(100_000);
    let tokens = number(&mut arguments, "--tokens")?.unwrap_or(1_000_000);
    let connections = number(&mut arguments, "--connections")?.unwrap_or(1000);
    let seed = number(&mut arguments, "--seed")?.unwrap_or_else(random_seed);
    finish("soak emulator", arguments)?;

    start(
        workspace,
        "emulator",
        &[operations, tokens, connections, seed],
    )
}

/// Runs a command of the soak in release mode, with numbers as its arguments.
fn start(workspace: &Workspace, name: &str, numbers: &[u64]) -> Result<(), Error> {
    let mut command = workspace.cargo();
    command
        .args(["run", "--quiet", "--release", "--locked"])
        .args(["--package", "gatelet-soak", "--", name])
        .args(numbers.iter().map(u64::to_string));
    let status = command
        .status()
        .map_err(|error| format!("soak: {command:?}: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Check(format!("soak: {status}, see above")))
}

/// Takes an option with a number.
fn number(arguments: &mut Arguments, name: &'static str) -> Result<Option<u64>, Error> {
    Ok(arguments.opt_value_from_str(name)?)
}

/// Returns a different seed for each run.
fn random_seed() -> u64 {
    RandomState::new().hash_one(())
}
