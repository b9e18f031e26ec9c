//! The dependencies of a package, as `cargo tree` resolves them.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::workspace::{Package, Workspace};

/// The platforms whose dependencies count. Windows and macOS have their own (certificate stores), which must not enter unnoticed on
/// Linux.
const TARGETS: &[&str] = &[
    "x86_64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-apple-darwin",
];

/// One way to build a package.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Build {
    /// Without any feature.
    Bare,
    /// The default features.
    Default,
    /// With one feature alone. `with` contains it and the features of this package that it enables.
    Feature {
        name: String,
        with: BTreeSet<String>,
    },
    /// With every feature.
    All,
}

impl Build {
    /// Returns the builds of a package that are checked.
    pub(crate) fn all_of(package: &Package) -> Vec<Self> {
        let alone = package
            .features
            .iter()
            .filter(|feature| feature.name != "default");
        let alone = alone.map(|feature| Self::Feature {
            name: feature.name.clone(),
            with: closure(package, &feature.name),
        });
        [Self::Bare, Self::Default]
            .into_iter()
            .chain(alone)
            .chain([Self::All])
            .collect()
    }

    /// Returns the features of `package` that this build enables.
    pub(crate) fn features(&self, package: &Package) -> BTreeSet<String> {
        match self {
            Self::Bare => BTreeSet::new(),
            Self::Default => closure(package, "default"),
            Self::Feature { with, .. } => with.clone(),
            Self::All => package
                .features
                .iter()
                .map(|feature| feature.name.clone())
                .collect(),
        }
    }

    /// Returns cargo's arguments for this build.
    pub(crate) fn flags(&self) -> String {
        match self {
            Self::Bare => "--no-default-features".into(),
            Self::Default => String::new(),
            Self::Feature { name, .. } => format!("--no-default-features --features {name}"),
            Self::All => "--all-features".into(),
        }
    }
}

/// Returns a feature and all features of the same package that it enables.
fn closure(package: &Package, feature: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![feature.to_owned()];
    while let Some(name) = open.pop() {
        if let Some(feature) = package.features.iter().find(|feature| feature.name == name)
            && found.insert(name)
        {
            open.extend(feature.enables.iter().cloned());
        }
    }
    found
}

/// A direct or indirect dependency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) proc_macro: bool,
}

/// All dependencies of one build of a package, on any of the platforms; without those of its tests and build scripts.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) build: Build,
    pub(crate) crates: BTreeSet<Dependency>,
}

impl Tree {
    /// Resolves the tree with `cargo tree` and the locked versions.
    pub(crate) fn resolve(
        workspace: &Workspace,
        package: &Package,
        build: Build,
    ) -> Result<Self, Error> {
        let flags = build.flags();
        let mut arguments = vec![
            "tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}",
        ];
        arguments.extend(["--package", &package.name]);
        arguments.extend(TARGETS.iter().flat_map(|target| ["--target", target]));
        arguments.extend(flags.split_whitespace());
        let output = workspace.cargo_output(&arguments)?;
        Ok(Self {
            build,
            crates: parse(&output, &package.name),
        })
    }
}

/// Returns the crates in the output of `cargo tree --prefix none --format {p}`: `name v1.2.3 (proc-macro) (*)`.
fn parse(output: &str, root: &str) -> BTreeSet<Dependency> {
    let crates = output.lines().filter_map(|line| {
        let name = line.split_whitespace().next()?;
        Some(Dependency {
            name: name.to_owned(),
            proc_macro: line.contains("(proc-macro)"),
        })
    });
    crates
        .filter(|dependency| dependency.name != root)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Feature;

    #[test]
    fn the_output_of_cargo_tree_is_read() {
        let output = "me v0.1.0 (/a/b)\nserde v1.0.229\nserde_derive v1.0.229 (proc-macro)\nserde v1.0.229 (*)\n\n";
        let found: Vec<_> = parse(output, "me")
            .into_iter()
            .map(|dependency| (dependency.name, dependency.proc_macro))
            .collect();
        assert_eq!(
            found,
            [
                ("serde".to_owned(), false),
                ("serde_derive".to_owned(), true)
            ]
        );
    }

    #[test]
    fn a_feature_enables_the_features_that_it_names() {
        let feature = |name: &str, enables: &[&str]| Feature {
            name: name.into(),
            enables: enables.iter().map(ToString::to_string).collect(),
        };
        let package = Package {
            features: vec![
                feature("default", &["ring"]),
                feature("hyper", &["dep:hyper"]),
                feature("ring", &["hyper"]),
            ],
            ..Package::default()
        };
        assert_eq!(
            Build::Default.features(&package),
            ["default", "hyper", "ring"].map(str::to_owned).into()
        );
        let flags: Vec<_> = Build::all_of(&package).iter().map(Build::flags).collect();
        assert_eq!(
            flags,
            [
                "--no-default-features",
                "",
                "--no-default-features --features hyper",
                "--no-default-features --features ring",
                "--all-features",
            ]
        );
    }
}
