//! `cargo xtask tidy [--update]`: checks that the compiler does not make.
//!
//! Each check is a function from texts to findings, in a file of its own; this file calls them all. A unit test does the
//! same, so that `cargo test` runs them too. `--update` rewrites the list of faults.

mod examples;
mod faults;
mod links;
mod manifests;
mod modules;
mod rooms;
mod sources;
mod text_file;

use std::path::Path;

use pico_args::Arguments;

use text_file::TextFile;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let update = arguments.contains("--update");
    finish("tidy", arguments)?;
    if update {
        faults::update(workspace, &texts(workspace)?)?;
    }
    let findings = findings(workspace)?;
    Error::from_findings("tidy", &findings)?;
    println!("tidy: nothing found");
    Ok(())
}

fn findings(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let files = workspace.files()?;
    let texts = texts(workspace)?;
    let mut findings = Vec::new();
    let packages = workspace.packages()?;
    for package in &packages {
        let path = package.folder.join("Cargo.toml");
        let text = workspace.read(&path)?;
        findings.extend(manifests::findings(&TextFile { path, text }));
    }
    for file in &texts {
        findings.extend(sources::findings(file));
    }
    findings.extend(rooms::findings(workspace, &packages)?);
    findings.extend(modules::findings(&texts, &packages));
    findings.extend(links::findings(&texts, &files));
    findings.extend(examples::findings(&texts));
    findings.extend(faults::findings(&texts));
    Ok(findings)
}

/// Reads all text files, without lock files.
fn texts(workspace: &Workspace) -> Result<Vec<TextFile>, Error> {
    let is_text = |path: &Path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        matches!(
            extension,
            Some("rs" | "md" | "toml" | "yaml" | "txt" | "json" | "sh")
        ) || path.ends_with(".ci/run")
    };
    let files = workspace.files()?.into_iter().filter(|path| is_text(path));
    files
        .map(|path| {
            Ok(TextFile {
                text: workspace.read(&path)?,
                path,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let findings = findings(&Workspace::here()).unwrap();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }
}
