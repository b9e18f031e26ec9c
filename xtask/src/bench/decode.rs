//! `cargo xtask bench decode`: the time, instructions and allocations that decoding takes.

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
    succeed(
        allocations,
        "decoding allocates memory that its result does not keep",
    )?;
    let decode = Command::new(target.join("release/decode"));
    succeed(decode, "a ratio of instructions is above its limit")
}

fn succeed(mut command: Command, message: &str) -> Result<(), Error> {
    let status = command
        .status()
        .map_err(|error| format!("bench: {message}: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::Check(format!("bench: {message}: {status}"))),
    }
}
