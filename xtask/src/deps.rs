//! `cargo xtask deps [--update]`: checks dependencies.
//!
//! Three questions, one file each: which members may import which ([`imports`]), what must never be below a crate
//! ([`bans`]), and which crates are below it exactly ([`list`], against `xtask/deps/<package>.txt`).

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
        last.push_str("\n  If the change is meant: cargo xtask deps --update");
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

/// Returns the differences to the list in the repository, or that list written anew.
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
