//! `cargo xtask deps [--update]`: checks dependencies.
//!
//! It checks which members may import which ([`imports`]), which crates a member must never depend on ([`bans`]), and
//! whether all its dependencies are listed in `xtask/deps/<package>.txt` ([`list`]).

mod bans;
mod imports;
mod list;
mod tree;

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::{Package, Workspace};

use self::list::List;
use self::tree::{Build, Tree};

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let update = arguments.contains("--update");
    finish("deps", arguments)?;
    let packages = workspace.packages()?;
    let mut findings = imports::findings(&packages);
    let mut differences = Vec::new();
    for package in packages.iter().filter(|package| package.published) {
        let trees = trees(workspace, package)?;
        findings.extend(bans::findings(package, &trees));
        differences.extend(compare(
            workspace,
            package,
            &List::from_trees(&trees),
            update,
        )?);
    }
    if let Some(last) = differences.last_mut() {
        last.push_str("\n  If the change is intended: cargo xtask deps --update");
    }
    findings.extend(differences);
    Error::from_findings("deps", &findings)?;
    println!(
        "deps: the dependencies of {} packages are allowed",
        packages.len()
    );
    Ok(())
}

fn trees(workspace: &Workspace, package: &Package) -> Result<Vec<Tree>, Error> {
    Build::all_of(package)
        .into_iter()
        .map(|build| Tree::resolve(workspace, package, build))
        .collect()
}

/// Returns the differences from the list in the repository; with `update`, rewrites the list instead.
fn compare(
    workspace: &Workspace,
    package: &Package,
    found: &List,
    update: bool,
) -> Result<Vec<String>, Error> {
    let file = format!("xtask/deps/{}.txt", package.name);
    let allowed = if workspace.root().join(&file).exists() {
        workspace.read(&file)?
    } else {
        String::new()
    };
    if update {
        let text = found.to_text(&package.name);
        if text != allowed {
            workspace.write(&file, &text)?;
            println!("deps: wrote {file}");
        }
        return Ok(Vec::new());
    }
    let allowed = List::parse(&allowed).map_err(|error| format!("{file}: {error}"))?;
    Ok(found.differences(&allowed, &package.name))
}
