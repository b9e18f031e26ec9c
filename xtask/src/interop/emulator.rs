//! `cargo xtask interop emulator [--keep]`: runs other clients against the emulator.
//!
//! Each of [`PROGRAMS`] is a script that calls one client of others. It gets an emulator of its own, on a free port of loopback, and
//! prints one line of JSON for each check of an operation.

mod program;
mod program_run;
mod results;
mod server;

use std::path::PathBuf;

use gatelet_codegen::{VENDORS, outlines};

use super::folder::Folder;
use crate::error::Error;
use crate::workspace::Workspace;

pub(crate) use self::program::PROGRAMS;
use self::program_run::ProgramRun;
use self::results::Report;

pub(crate) fn run(workspace: &Workspace, folder: &Folder) -> Result<(), Error> {
    let emulator = build_emulator(workspace)?;
    let mut report = Report::default();
    for program in PROGRAMS {
        println!("interop: {}", program.package.specs[0]);
        let vendor = VENDORS.into_iter().find(|it| it.name == program.vendor);
        let vendor = vendor.ok_or_else(|| format!("interop: no vendor `{}`", program.vendor))?;
        // The first description: those of further ones stand in for its operations.
        let outlines = outlines(workspace.root(), vendor)?;
        let operations = &outlines[0].operations;
        let program_run = ProgramRun {
            program,
            emulator: &emulator,
        };
        match program_run.run(workspace, folder) {
            Ok(results) => report.add(program, operations, &results),
            Err(reason) => report.fail(program, &reason),
        }
    }
    print!("\n{report}");
    report.finish()
}

/// Builds the command line tool, and returns its path.
fn build_emulator(workspace: &Workspace) -> Result<PathBuf, Error> {
    println!("interop: building the emulator");
    workspace.cargo_output(&["build", "--quiet", "--locked", "--package", "gatelet"])?;
    Ok(workspace.target()?.join("debug/gatelet"))
}
