//! `cargo xtask bench decode`: how fast the models are read, in time and instructions, and with how many allocations.

use std::process::Command;

use crate::error::Error;
use crate::workspace::Workspace;

const MANIFEST: &str = "tests/bench/Cargo.toml";

pub(crate) fn run(workspace: &Workspace) -> Result<(), Error> {
    let target = workspace.target()?.join("bench");
    let mut build = workspace.cargo();
    build
        .args(["build", "--quiet", "--release", "--locked"])
        .args(["--manifest-path", MANIFEST, "--target-dir"])
        .arg(&target);
    succeed(build, "tests/bench does not build")?;
    let allocations = Command::new(target.join("release/allocations"));
    succeed(allocations, "a decode allocates more than its owner gets")?;
    let decode = Command::new(target.join("release/decode"));
    succeed(decode, "a ratio is larger than wanted")
}

fn succeed(mut command: Command, complaint: &str) -> Result<(), Error> {
    let status = command
        .status()
        .map_err(|error| format!("bench: {complaint}: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::Check(format!("bench: {complaint}: {status}"))),
    }
}
