//! `cargo xtask soak models [--values N] [--seconds S] [--seed N]`: the long run over generated values of every model.
//!
//! The tests of `models` do the same with few values; `crates/fuzz/src/bin/soak.rs` takes its table and its values from them.

use std::hash::{BuildHasher, RandomState};

use crate::failure::Failure;
use crate::options::Options;
use crate::workspace::Workspace;

const DEFAULT_VALUES: u64 = 10_000_000;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let Some((what, options)) = arguments
        .split_first()
        .filter(|(what, _)| *what == "models")
    else {
        return Err(Failure::Usage("`soak` needs `models`".into()));
    };
    let options = Options::parse(what, options, &["--values", "--seconds", "--seed"])?;
    let values = options.number("--values")?.unwrap_or(DEFAULT_VALUES);
    let seconds = options.number("--seconds")?.unwrap_or(0);
    let seed = options.number("--seed")?.unwrap_or_else(any_seed);

    let mut command = workspace.cargo();
    command
        .args(["run", "--quiet", "--release", "--locked"])
        .args(["--manifest-path", "crates/fuzz/Cargo.toml"])
        .args(["--no-default-features", "--bin", "soak", "--target-dir"])
        .arg(workspace.target()?.join("soak"))
        .arg("--")
        .args([values, seconds, seed].map(|number| number.to_string()));
    let status = command
        .status()
        .map_err(|error| format!("soak: {command:?}: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Check(format!("soak: {status}, see above")))
}

/// Another seed for every run.
fn any_seed() -> u64 {
    RandomState::new().hash_one(())
}
