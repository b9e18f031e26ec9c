//! Which member of the workspace may import which.

use crate::workspace::{Import, Package};

/// A member and its allowed imports. Its tests and examples may also import `in_tests`, and the member itself, which enables a
/// feature for them.
struct Rule {
    package: &'static str,
    imports: &'static [&'static str],
    in_tests: &'static [&'static str],
}

/// The layers, lowest first. `docs/architecture.md` says why.
const RULES: &[Rule] = &[
    Rule {
        package: "gatelet-models",
        imports: &[],
        // Its tests decode as the clients do.
        in_tests: &["gatelet-transport", "gatelet-test-support"],
    },
    Rule {
        package: "gatelet-transport",
        imports: &[],
        in_tests: &[],
    },
    Rule {
        package: "gatelet-hyper",
        imports: &["gatelet-transport"],
        in_tests: &["gatelet-test-support"],
    },
    Rule {
        package: "gatelet-client",
        imports: &["gatelet-hyper", "gatelet-models", "gatelet-transport"],
        in_tests: &["gatelet-test-support"],
    },
    Rule {
        package: "asa-client",
        imports: &["gatelet-client", "gatelet-models", "gatelet-transport"],
        in_tests: &["gatelet-emulator", "gatelet-hyper"],
    },
    Rule {
        package: "dt-client",
        imports: &["gatelet-client", "gatelet-models", "gatelet-transport"],
        in_tests: &["gatelet-emulator", "gatelet-hyper", "gatelet-test-support"],
    },
    Rule {
        package: "gatelet-emulator",
        imports: &["gatelet-models", "gatelet-transport"],
        in_tests: &[],
    },
    Rule {
        package: "gatelet",
        imports: &[
            "gatelet-client",
            "gatelet-models",
            "gatelet-hyper",
            "gatelet-transport",
            "asa-client",
            "dt-client",
            "gatelet-emulator",
        ],
        in_tests: &["gatelet-test-support"],
    },
    Rule {
        package: "gatelet-wire-tests",
        imports: &[
            "gatelet-models",
            "gatelet-hyper",
            "gatelet-transport",
            "asa-client",
            "dt-client",
            "gatelet-emulator",
        ],
        in_tests: &["gatelet-test-support"],
    },
    Rule {
        package: "gatelet-test-support",
        imports: &["gatelet-models", "gatelet-transport"],
        in_tests: &[],
    },
    Rule {
        package: "gatelet-soak",
        imports: &[
            "gatelet-models",
            "gatelet-hyper",
            "gatelet-transport",
            "asa-client",
            "dt-client",
            "gatelet-emulator",
            "gatelet-test-support",
            "gatelet-wire-tests",
        ],
        in_tests: &[],
    },
    Rule {
        package: "gatelet-docs",
        imports: &[],
        in_tests: &[
            "gatelet-models",
            "gatelet-hyper",
            "gatelet-transport",
            "asa-client",
            "dt-client",
            "gatelet-emulator",
        ],
    },
    Rule {
        package: "gatelet-codegen",
        imports: &[],
        in_tests: &[],
    },
    // No published crate: xtask must build while the libraries do not.
    Rule {
        package: "xtask",
        imports: &["gatelet-codegen"],
        in_tests: &[],
    },
];

/// Returns every import that no rule allows, and every member without a rule.
pub(crate) fn findings(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(package_findings).collect()
}

fn package_findings(package: &Package) -> Vec<String> {
    let name = &package.name;
    let Some(rule) = RULES.iter().find(|rule| rule.package == name) else {
        return vec![format!(
            "{name}: no rule says what it may import; add one to RULES in xtask/src/deps/imports.rs"
        )];
    };
    let manifest = package.folder.join("Cargo.toml");
    let forbidden = package.imports.iter().filter(|import| !rule.allows(import));
    let found = forbidden.map(|import| {
        let importer = if import.only_tests { "its tests" } else { "it" };
        let (other, place) = (&import.package, manifest.display());
        format!("{name}: {importer} may not import {other}; remove it from {place} (the layers: docs/architecture.md)")
    });
    found.collect()
}

impl Rule {
    fn allows(&self, import: &Import) -> bool {
        let other = import.package.as_str();
        let in_tests = self.in_tests.contains(&other) || self.package == other;
        self.imports.contains(&other) || import.only_tests && in_tests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, other: &str, only_tests: bool) -> Package {
        let imports = vec![Import {
            package: other.into(),
            only_tests,
        }];
        Package {
            name: name.into(),
            folder: format!("crates/{name}").into(),
            imports,
            ..Package::default()
        }
    }

    #[test]
    fn an_import_across_the_layers_is_found() {
        let found = findings(&[package("gatelet-transport", "gatelet-models", false)]);
        assert_eq!(
            found,
            [
                "gatelet-transport: it may not import gatelet-models; remove it from crates/gatelet-transport/Cargo.toml (the layers: docs/architecture.md)"
            ]
        );
    }

    #[test]
    fn tests_may_import_more_than_the_crate() {
        assert_eq!(
            findings(&[package("dt-client", "gatelet-emulator", true)]),
            Vec::<String>::new()
        );
        assert_eq!(
            findings(&[package("dt-client", "gatelet-emulator", false)]).len(),
            1
        );
    }

    #[test]
    fn a_new_member_needs_a_rule() {
        let found = findings(&[Package {
            name: "newcomer".into(),
            ..Package::default()
        }]);
        assert!(found[0].starts_with("newcomer: no rule says"), "{found:?}");
    }
}
