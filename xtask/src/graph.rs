//! `cargo xtask graph [--check]`: draws the crates and their rooms from the code, and refuses cycles and upward imports.
//!
//! `source` reads a file, `crate_map` the modules of a crate, `cycle` finds cycles, `files` those of files, `order` upward imports,
//! `layout` and `svg` draw `docs/graph.svg`.
//!
//! Cycles of crates, of rooms and of files are refused. Generated files count like all others; code below `#[cfg(test)]` does not,
//! because the tests of a file may use whatever makes its input or reads its output.
//! A room is a first-level module of a crate. An import is upward if it names a room above its own, a re-export of an outer
//! module, or the crate's root as a whole.

pub(crate) mod crate_map;
mod cycle;
mod files;
mod layout;
mod order;
mod source;
mod svg;

use crate_map::CrateMap;
use cycle::{Arrows, cycle_findings, cycles, join_cycle};

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::{Package, Workspace};

const IMAGE: &str = "docs/graph.svg";

/// The workspace's packages and the modules of each.
#[derive(Debug)]
struct Graph {
    packages: Vec<Package>,
    crates: Vec<CrateMap>,
}

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let check = arguments.contains("--check");
    finish("graph", arguments)?;
    let graph = Graph::read(workspace)?;
    let fresh = graph.image();
    let is_stale = workspace.read(IMAGE).ok().as_deref() != Some(&fresh);
    if is_stale && !check {
        workspace.write(IMAGE, &fresh)?;
        println!("wrote {IMAGE}");
    }
    let mut findings = graph.findings();
    if is_stale && check {
        findings.push(format!("{IMAGE}:1: stale; run `cargo xtask graph`"));
    }
    Error::from_findings("graph", &findings)?;
    println!("graph: no cycle and no upward import");
    Ok(())
}

/// Reads the modules of every member with a library or a program.
fn crate_maps(workspace: &Workspace, packages: &[Package]) -> Result<Vec<CrateMap>, Error> {
    let maps = packages.iter();
    let maps = maps.filter_map(|package| CrateMap::read(workspace, package).transpose());
    maps.collect()
}

impl Graph {
    fn read(workspace: &Workspace) -> Result<Self, Error> {
        let packages = workspace.packages()?;
        let crates = crate_maps(workspace, &packages)?;
        Ok(Self { packages, crates })
    }

    /// Finds cycles of crates and of rooms, and imports of re-exports.
    fn findings(&self) -> Vec<String> {
        let crate_cycles = cycles(&self.crate_arrows()).into_iter().map(|cycle| {
            let manifest = self.packages.iter().find(|it| it.name == cycle[0]);
            let manifest = manifest.map(|it| it.folder.join("Cargo.toml"));
            let manifest = manifest.unwrap_or_default();
            format!(
                "{}:1: the crates {} form a cycle",
                manifest.display(),
                join_cycle(&cycle)
            )
        });
        let mut findings: Vec<String> = crate_cycles.collect();
        for map in &self.crates {
            findings.extend(room_findings(map));
            // A room may be a single file.
            let files = files::findings(map).into_iter();
            let files: Vec<_> = files.filter(|it| !findings.contains(it)).collect();
            findings.extend(files);
            findings.extend(map.imports_of_re_exports());
            findings.extend(order::findings(map));
        }
        findings
    }

    /// Returns the dependencies between members, without those of their tests.
    fn crate_arrows(&self) -> Arrows {
        let arrows = self.packages.iter().map(|package| {
            let imports = package.imports.iter();
            let imports = imports.filter(|it| !it.only_tests && it.package != package.name);
            (
                package.name.clone(),
                imports.map(|it| it.package.clone()).collect(),
            )
        });
        arrows.collect()
    }

    fn image(&self) -> String {
        let tools = self.packages.iter().filter(|it| !it.published);
        let mut parts = vec![svg::Part {
            title: "Crates",
            note: "An arrow leads to a dependency; arrows implied by others are left out. Dashed: not published.",
            layout: layout::layout(&self.crate_arrows()),
            dashed: tools.map(|it| it.name.as_str()).collect(),
        }];
        for map in &self.crates {
            let package = self.packages.iter().find(|it| it.name == map.name);
            if package.is_some_and(|it| it.published) && map.rooms().len() > 1 {
                parts.push(svg::Part {
                    title: &map.name,
                    note: "The crate's rooms: its first-level modules.",
                    layout: layout::layout(&map.arrows()),
                    dashed: Vec::new(),
                });
            }
        }
        svg::image(&parts)
    }
}

/// Returns each arrow of each cycle between rooms, with the place of one import.
fn room_findings(map: &CrateMap) -> Vec<String> {
    cycle_findings(&map.arrows(), |from, to| map.place(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Import;

    #[test]
    fn the_repository_has_no_cycle_and_a_fresh_graph() {
        let check = Arguments::from_vec(vec!["--check".into()]);
        run(&Workspace::here(), check).unwrap();
    }

    fn package(name: &str, import: &str) -> Package {
        Package {
            name: name.into(),
            folder: format!("crates/{name}").into(),
            imports: vec![Import {
                package: import.into(),
                only_tests: false,
            }],
            published: true,
            ..Package::default()
        }
    }

    #[test]
    fn a_crate_cycles_is_found() {
        let graph = Graph {
            packages: vec![package("a", "b"), package("b", "a")],
            crates: Vec::new(),
        };
        assert_eq!(
            graph.findings(),
            ["crates/a/Cargo.toml:1: the crates `a` → `b` → `a` form a cycle"]
        );
    }

    #[test]
    fn a_cycle_of_rooms_is_found_with_the_line_of_each_import() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("crates/a/src");
        std::fs::create_dir_all(&source).unwrap();
        for (name, text) in [
            ("lib.rs", "mod one;\nmod two;\n"),
            ("one.rs", "\nuse crate::two::Two;\npub struct One;\n"),
            ("two.rs", "pub struct Two;\nfn f(_: crate::one::One) {}\n"),
        ] {
            std::fs::write(source.join(name), text).unwrap();
        }
        let packages = vec![package("a", "a")];
        let crates = crate_maps(&Workspace::at(folder.path()), &packages).unwrap();
        let graph = Graph { packages, crates };
        assert_eq!(
            graph.findings(),
            [
                "crates/a/src/one.rs:2: `one` imports `two`, part of the cycle `one` → `two` → `one`",
                "crates/a/src/two.rs:2: `two` imports `one`, part of the cycle `one` → `two` → `one`"
            ]
        );
        assert!(graph.image().contains("class=\"cycle\""));
    }
}
