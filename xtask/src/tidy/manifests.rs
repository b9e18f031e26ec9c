//! Each member must inherit its lints, its metadata and the versions of its dependencies from the workspace.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::text_file::TextFile;

const INHERITED: &[&str] = &[
    "version",
    "edition",
    "rust-version",
    "license",
    "repository",
];

/// Finds keys of a member's `Cargo.toml` that should be inherited from the workspace.
pub(crate) fn findings(manifest: &TextFile) -> Vec<String> {
    let table = match DeTable::parse(&manifest.text) {
        Ok(table) => table.into_inner(),
        Err(error) => return vec![manifest.finding(1, error.message())],
    };
    let mut findings = Vec::new();
    let package = table.get("package");
    for key in INHERITED {
        if !package.is_some_and(|it| is_inherited(it.get_ref().get(key).map(Spanned::get_ref))) {
            findings.push(manifest.finding(
                1,
                format!("`{key}` is not inherited; write `{key}.workspace = true`"),
            ));
        }
    }
    if !is_inherited(table.get("lints").map(Spanned::get_ref)) {
        findings.push(manifest.finding(
            1,
            "the lints are not inherited; write `[lints]` and `workspace = true`",
        ));
    }
    for (name, dependency) in dependencies(&table) {
        let is_shared = match dependency {
            DeValue::Table(keys) => {
                is_inherited(Some(dependency))
                    || keys.contains_key("path") && !keys.contains_key("version")
            }
            _ => false,
        };
        if !is_shared {
            let before = manifest.text.get(..name.span().start).unwrap_or_default();
            let (line, name) = (before.matches('\n').count() + 1, name.get_ref());
            findings.push(manifest.finding(
                line,
                format!("`{name}` does not inherit its version; write `{name}.workspace = true` and put the version into the root Cargo.toml"),
            ));
        }
    }
    findings
}

/// Returns whether a value is `{ workspace = true, … }`.
fn is_inherited(value: Option<&DeValue<'_>>) -> bool {
    let workspace = value.and_then(|it| it.get("workspace"));
    workspace.is_some_and(|it| it.get_ref().as_bool() == Some(true))
}

/// Returns the dependencies of every kind and every target.
fn dependencies<'a>(
    table: &'a DeTable<'a>,
) -> impl Iterator<Item = (&'a Spanned<Cow<'a, str>>, &'a DeValue<'a>)> {
    let targets = table.get("target").and_then(|it| it.get_ref().as_table());
    let targets = targets.into_iter().flat_map(|it| it.values());
    let targets = targets.filter_map(|it| it.get_ref().as_table());
    let sections = targets.chain([table]).flat_map(|table| {
        let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
        kinds
            .into_iter()
            .filter_map(|kind| table.get(kind)?.get_ref().as_table())
    });
    sections
        .flatten()
        .map(|(name, value)| (name, value.get_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"me\"\nversion.workspace = true\nedition.workspace = true\n\
        rust-version.workspace = true\nlicense.workspace = true\nrepository.workspace = true\n\
        [lints]\nworkspace = true\n\
        [dependencies]\n# Comment = with a sign.\nbytes.workspace = true\n\
        tokio = { workspace = true, features = [\"rt\"] }\nours = { path = \"../ours\" }\n";

    fn check(text: &str) -> Vec<String> {
        findings(&TextFile {
            path: "crates/me/Cargo.toml".into(),
            text: text.into(),
        })
    }

    #[test]
    fn a_manifest_that_inherits_everything_is_tidy() {
        assert_eq!(check(GOOD), Vec::<String>::new());
    }

    #[test]
    fn a_key_that_is_not_inherited_is_found() {
        let found = check(&GOOD.replace("edition.workspace = true", "edition = \"2021\""));
        assert_eq!(
            found,
            [
                "crates/me/Cargo.toml:1: `edition` is not inherited; write `edition.workspace = true`"
            ]
        );
        let found = check(&GOOD.replace("[lints]\nworkspace = true\n", ""));
        assert!(
            found[0].contains("the lints are not inherited"),
            "{found:?}"
        );
    }

    #[test]
    fn a_version_in_a_member_is_found() {
        for (section, line) in [
            ("build-dependencies", "log = \"0.4\""),
            (
                "target.'cfg(unix)'.dev-dependencies",
                "log = { version = \"0.4\" }",
            ),
        ] {
            let found = check(&format!("{GOOD}[{section}]\n{line}\n"));
            let line = GOOD.lines().count() + 2;
            let expected =
                format!("crates/me/Cargo.toml:{line}: `log` does not inherit its version");
            assert!(found[0].starts_with(&expected), "{found:?}");
        }
    }
}
