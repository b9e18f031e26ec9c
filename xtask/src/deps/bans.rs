//! Crates that a member must never depend on, whatever the lists say.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::Package;

use super::tree::{Dependency, Tree};

/// Crates that certain packages may depend on only with certain features.
struct Ban {
    what: &'static str,
    packages: &'static [&'static str],
    matches: fn(&Dependency) -> bool,
    /// Each of these features lifts the ban.
    unless: &'static [&'static str],
}

const BANS: &[Ban] = &[
    Ban {
        what: "a proc-macro below the models, which vendors embed for their short build",
        packages: &["gatelet-models"],
        matches: |dependency| dependency.proc_macro,
        unless: &[],
    },
    Ban {
        what: "an HTTP stack without the feature `hyper`",
        packages: &[
            "gatelet-models",
            "gatelet-transport",
            "gatelet-client",
            "asa-client",
            "dt-client",
        ],
        matches: |dependency| {
            ["h2", "hyper", "hyper-util", "mio", "tokio", "tokio-util"]
                .contains(&dependency.name.as_str())
        },
        unless: &["hyper"],
    },
    Ban {
        what: "HTTP bodies without the feature `hyper` or `tower`",
        packages: &[
            "gatelet-models",
            "gatelet-transport",
            "gatelet-client",
            "asa-client",
            "dt-client",
        ],
        matches: |dependency| ["http-body", "http-body-util"].contains(&dependency.name.as_str()),
        unless: &["hyper", "tower"],
    },
    Ban {
        what: "TLS without the feature `ring` or `aws-lc-rs`",
        packages: &[
            "gatelet-models",
            "gatelet-transport",
            "gatelet-hyper",
            "gatelet-client",
            "asa-client",
            "dt-client",
        ],
        matches: |dependency| {
            [
                "rustls",
                "rustls-native-certs",
                "rustls-platform-verifier",
                "tokio-rustls",
            ]
            .contains(&dependency.name.as_str())
        },
        unless: &["ring", "aws-lc-rs", "_tls"],
    },
    Ban {
        what: "trust roots without the feature `webpki-roots`",
        packages: &[
            "gatelet-models",
            "gatelet-transport",
            "gatelet-hyper",
            "gatelet-client",
            "asa-client",
            "dt-client",
        ],
        matches: |dependency| dependency.name == "webpki-roots",
        unless: &["webpki-roots"],
    },
    Ban {
        what: "the cryptography provider ring without the feature `ring`",
        packages: &[
            "gatelet-models",
            "gatelet-transport",
            "gatelet-hyper",
            "gatelet-client",
            "asa-client",
            "dt-client",
        ],
        matches: |dependency| dependency.name == "ring",
        unless: &["ring"],
    },
    Ban {
        what: "the cryptography provider AWS-LC without the feature `aws-lc-rs`",
        packages: &[
            "gatelet-models",
            "gatelet-transport",
            "gatelet-hyper",
            "gatelet-client",
            "asa-client",
            "dt-client",
            "gatelet",
        ],
        matches: |dependency| ["aws-lc-rs", "aws-lc-sys"].contains(&dependency.name.as_str()),
        unless: &["aws-lc-rs"],
    },
];

/// Returns each banned dependency of `package`, with the first build that contains it.
pub(crate) fn findings(package: &Package, trees: &[Tree]) -> Vec<String> {
    let mut findings = Vec::new();
    for ban in BANS
        .iter()
        .filter(|ban| ban.packages.contains(&package.name.as_str()))
    {
        let mut found = BTreeMap::new();
        for tree in trees
            .iter()
            .filter(|tree| !ban.is_lifted(&tree.build.features(package)))
        {
            for dependency in tree
                .crates
                .iter()
                .filter(|dependency| (ban.matches)(dependency))
            {
                found
                    .entry(&dependency.name)
                    .or_insert_with(|| tree.build.flags());
            }
        }
        findings.extend(found.into_iter().map(|(crate_name, flags)| {
            let Package { name, .. } = package;
            let question = format!("cargo tree -p {name} -e normal -i {crate_name} {flags}");
            format!(
                "{name}: `{crate_name}` is {}; see what depends on it: {}",
                ban.what,
                question.trim_end()
            )
        }));
    }
    findings
}

impl Ban {
    fn is_lifted(&self, features: &BTreeSet<String>) -> bool {
        self.unless
            .iter()
            .any(|feature| features.contains(*feature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deps::tree::Build;
    use crate::workspace::Feature;

    fn tree(build: Build, name: &str, proc_macro: bool) -> Vec<Tree> {
        vec![Tree {
            build,
            crates: [Dependency {
                name: name.into(),
                proc_macro,
            }]
            .into(),
        }]
    }

    fn package(name: &str, features: &[&str]) -> Package {
        let feature = |name: &&str| Feature {
            name: name.to_string(),
            enables: Vec::new(),
        };
        Package {
            name: name.into(),
            features: features.iter().map(feature).collect(),
            ..Package::default()
        }
    }

    #[test]
    fn a_proc_macro_below_the_models_is_found() {
        let found = findings(
            &package("gatelet-models", &[]),
            &tree(Build::Default, "serde_derive", true),
        );
        assert!(
            found[0].contains("`serde_derive` is a proc-macro below the models"),
            "{found:?}"
        );
    }

    #[test]
    fn http_without_its_feature_is_found() {
        let client = package("asa-client", &["hyper"]);
        let found = findings(&client, &tree(Build::Bare, "tokio", false));
        assert!(
            found[0].ends_with("cargo tree -p asa-client -e normal -i tokio --no-default-features"),
            "{found:?}"
        );
        assert_eq!(
            findings(&client, &tree(Build::All, "tokio", false)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn tls_without_a_feature_of_its_own_is_found() {
        let with = ["hyper".to_owned()].into();
        let hyper = Build::Feature {
            name: "hyper".into(),
            with,
        };
        let found = findings(
            &package("gatelet-hyper", &["ring"]),
            &tree(hyper, "rustls", false),
        );
        assert!(
            found[0].contains("`rustls` is TLS without the feature `ring` or `aws-lc-rs`"),
            "{found:?}"
        );
    }

    #[test]
    fn each_provider_of_cryptography_needs_its_own_feature() {
        let client = package("asa-client", &["aws-lc-rs", "ring"]);
        for (asked, other, brought) in [
            ("ring", "aws-lc-rs", "aws-lc-sys"),
            ("aws-lc-rs", "ring", "ring"),
        ] {
            let build = |feature: &str| Build::Feature {
                name: feature.into(),
                with: [feature.to_owned()].into(),
            };
            let found = findings(&client, &tree(build(asked), brought, false));
            assert!(found[0].contains(&format!("without the feature `{other}`")));
            let meant = findings(&client, &tree(build(other), brought, false));
            assert_eq!(meant, Vec::<String>::new());
        }
    }
}
