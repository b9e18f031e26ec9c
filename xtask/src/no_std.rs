//! `cargo xtask no-std`: the models link and run without std.
//!
//! `xtask/no-std` is a static library with its own panic handler and allocator, so it does not build if a dependency links
//! std. A small program of the same crate then decodes and encodes the examples of each model.

use std::process::Command;

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

const MANIFEST: &str = "xtask/no-std/Cargo.toml";

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<(), Error> {
    finish("no-std", arguments)?;
    let target = workspace.target()?.join("no-std");
    let mut build = workspace.cargo();
    build
        .args([
            "build",
            "--quiet",
            "--locked",
            "--manifest-path",
            MANIFEST,
            "--target-dir",
        ])
        .arg(&target);
    succeed(build, "the models do not build without std")?;
    succeed(
        Command::new(target.join("debug/no-std")),
        "a model does not round-trip",
    )?;
    println!("no-std: every model decoded and encoded without std");
    Ok(())
}

fn succeed(mut command: Command, message: &str) -> Result<(), Error> {
    let status = command
        .status()
        .map_err(|error| format!("no-std: {command:?}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Check(format!(
            "no-std: {message} ({status}), see above"
        )))
    }
}
