//! `cargo xtask public-api [--update]`: checks the public API of each library, and which crates' types it names.
//!
//! `docs/public-api/<package>.txt` lists every public item with all features on, so that a reviewer sees each change. The
//! listing comes from rustdoc's JSON. Its format depends on the compiler, so the version of the crate `public-api` in the
//! root `Cargo.toml` must match `rust-toolchain.toml`. It is unstable, so a flag enables it, in a separate target folder.

mod foreign;

use std::path::{Path, PathBuf};

use ::public_api::Builder;
use similar::{ChangeTag, TextDiff};

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

/// The libraries whose types users name.
const PACKAGES: [&str; 6] = [
    "asa-client",
    "dt-client",
    "gatelet-client",
    "gatelet-hyper",
    "gatelet-models",
    "gatelet-transport",
];

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let update = arguments.contains("--update");
    finish("public-api", arguments)?;
    let mut findings = Vec::new();
    for package in PACKAGES {
        let json = rustdoc_json(workspace, package)?;
        let listing = listing(&json)?;
        let found = foreign::in_listing(package, &listing);
        let found = found.chain(foreign::in_reexports(package, &json)?);
        findings.extend(found.map(|finding| format!("{package}: {finding}")));
        findings.extend(compare(workspace, package, &listing, update)?);
    }
    Error::from_findings("public-api", &findings)?;
    println!(
        "public-api: {} libraries are as listed and name only allowed types",
        PACKAGES.len()
    );
    Ok(())
}

/// Runs rustdoc on a package, and returns the path of the JSON that it writes.
fn rustdoc_json(workspace: &Workspace, package: &str) -> Result<PathBuf, Error> {
    let target = workspace.target()?.join("public-api");
    let mut rustdoc = workspace.cargo();
    rustdoc
        .args(["rustdoc", "--quiet", "--lib", "--all-features"])
        .args(["--package", package, "--target-dir"])
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format=json"])
        .env("RUSTC_BOOTSTRAP", "1");
    let status = rustdoc
        .status()
        .map_err(|error| format!("public-api: {rustdoc:?}: {error}"))?;
    if !status.success() {
        return Err(Error::Check(format!(
            "public-api: rustdoc of {package} failed ({status}), see above"
        )));
    }
    let file = format!("doc/{}.json", package.replace('-', "_"));
    Ok(target.join(file))
}

/// Returns every public item on a line of its own, without blanket implementations and auto traits.
fn listing(json: &Path) -> Result<String, Error> {
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .map_err(|error| {
            format!(
                "public-api: {}: {error}\n  Does the version of `public-api` in Cargo.toml match rust-toolchain.toml?",
                json.display()
            )
        })?;
    Ok(api.items().map(|item| format!("{item}\n")).collect())
}

/// Returns the differences from the listing in the repository; with `update`, rewrites the listing instead.
fn compare(
    workspace: &Workspace,
    package: &str,
    listing: &str,
    update: bool,
) -> Result<Option<String>, Error> {
    let file = format!("docs/public-api/{package}.txt");
    let known = if workspace.root().join(&file).exists() {
        workspace.read(&file)?
    } else {
        String::new()
    };
    if known == listing {
        return Ok(None);
    }
    if update {
        workspace.write(&file, listing)?;
        println!("public-api: wrote {file}");
        return Ok(None);
    }
    Ok(Some(format!(
        "{file} is stale; if the change is intended: cargo xtask public-api --update{}",
        changes(&known, listing)
    )))
}

/// Returns the added and removed lines.
fn changes(known: &str, listing: &str) -> String {
    let diff = TextDiff::from_lines(known, listing);
    let changes = diff.iter_all_changes();
    changes
        .filter(|change| change.tag() != ChangeTag::Equal)
        .map(|change| format!("\n    {}{}", change.tag(), change.value().trim_end()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare_in_folder(known: &str, listing: &str, update: bool) -> (Option<String>, String) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("docs/public-api")).unwrap();
        let workspace = Workspace::at(folder.path());
        workspace.write("docs/public-api/a.txt", known).unwrap();
        let finding = compare(&workspace, "a", listing, update).unwrap();
        (finding, workspace.read("docs/public-api/a.txt").unwrap())
    }

    #[test]
    fn an_added_or_removed_item_is_found_and_named() {
        let (finding, file) = compare_in_folder("pub fn a::x()\n", "pub fn a::y()\n", false);
        let finding = finding.unwrap();
        assert!(finding.ends_with("\n    -pub fn a::x()\n    +pub fn a::y()"));
        assert!(finding.contains("cargo xtask public-api --update"));
        assert_eq!(file, "pub fn a::x()\n");
    }

    #[test]
    fn an_update_writes_the_listing() {
        let (finding, file) = compare_in_folder("pub fn a::x()\n", "pub fn a::y()\n", true);
        assert_eq!((finding, file.as_str()), (None, "pub fn a::y()\n"));
    }

    #[test]
    fn an_unchanged_listing_is_not_a_finding() {
        assert_eq!(compare_in_folder("x\n", "x\n", false).0, None);
    }
}
