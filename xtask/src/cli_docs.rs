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
    let folder = workspace.root().join("target/cli-docs");
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
    if let Some(man) = man {
        let copied = copy(&folder.join("man1"), &workspace.root().join(&man));
        copied.map_err(|error| format!("{}: {error}", man.display()))?;
    }
    let fresh = folder.join("cli.md");
    let fresh = fs::read_to_string(fresh).map_err(|error| format!("cli.md: {error}"))?;
    let reference = workspace.root().join(REFERENCE);
    let old = fs::read_to_string(&reference).unwrap_or_default();
    if old == fresh {
        println!("cli-docs: {REFERENCE} is fresh");
        return Ok(());
    }
    if check {
        let stale = format!("{REFERENCE} is stale; run `cargo xtask cli-docs`");
        return Err(Error::Check(stale));
    }
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
