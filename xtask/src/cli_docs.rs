//! `cargo xtask cli-docs [--check] [--man DIR]`: writes or compares the reference of the command line, and writes its manual pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

/// The reference, relative to the workspace's root.
const REFERENCE: &str = "docs/reference/cli.md";

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let check = arguments.contains("--check");
    let man: Option<PathBuf> = arguments.opt_value_from_str("--man")?;
    finish("cli-docs", arguments)?;
    let fresh = generate(workspace)?;
    if let Some(man) = man {
        let pages = folder(workspace).join("man1");
        let copied = copy(&pages, &workspace.root().join(&man));
        copied.map_err(|error| format!("{}: {error}", man.display()))?;
    }
    match check {
        true => compare(workspace, &fresh),
        false => write(workspace, &fresh),
    }
}

/// Writes the reference.
///
/// # Errors
/// The program does not build, or the file cannot be written.
pub(crate) fn update(workspace: &Workspace) -> Result<(), Error> {
    write(workspace, &generate(workspace)?)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("target/cli-docs")
}

/// Runs the program, and returns the reference that it has written.
fn generate(workspace: &Workspace) -> Result<String, Error> {
    let folder = folder(workspace);
    let path = folder.display().to_string();
    let features = "--features=docs,jq";
    let docs = [
        "run",
        "--quiet",
        "--package=gatelet",
        features,
        "--",
        "docs",
        &path,
    ];
    workspace.cargo_output(&docs)?;
    let fresh = fs::read_to_string(folder.join("cli.md"));
    Ok(fresh.map_err(|error| format!("cli.md: {error}"))?)
}

fn is_fresh(workspace: &Workspace, fresh: &str) -> bool {
    let reference = workspace.root().join(REFERENCE);
    fs::read_to_string(reference).is_ok_and(|old| old == fresh)
}

fn compare(workspace: &Workspace, fresh: &str) -> Result<(), Error> {
    if is_fresh(workspace, fresh) {
        println!("cli-docs: {REFERENCE} is fresh");
        return Ok(());
    }
    let stale = format!("{REFERENCE} is stale; run `cargo xtask cli-docs`");
    Err(Error::Check(stale))
}

fn write(workspace: &Workspace, fresh: &str) -> Result<(), Error> {
    if is_fresh(workspace, fresh) {
        println!("cli-docs: {REFERENCE} is fresh");
        return Ok(());
    }
    let reference = workspace.root().join(REFERENCE);
    fs::write(reference, fresh).map_err(|error| format!("{REFERENCE}: {error}"))?;
    println!("wrote {REFERENCE}");
    Ok(())
}

/// Copies the files of a folder to another one, which is created.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
