//! Every member takes its lints, its metadata and the versions of its dependencies from the workspace.

use super::TextFile;

const INHERITED: &[&str] = &[
    "version",
    "edition",
    "rust-version",
    "license",
    "repository",
];

/// What a member's `Cargo.toml` says itself though the workspace should say it.
pub(crate) fn findings(manifest: &TextFile) -> Vec<String> {
    let mut findings = Vec::new();
    let mut section = "";
    let mut inherited = Vec::new();
    for (number, line) in (1..).zip(manifest.text.lines()) {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        let from_workspace = key.ends_with(".workspace") && value == "true"
            || value.contains("workspace = true")
            || value.contains("path = ") && !value.contains("version");
        if section == "package" && key.ends_with(".workspace") && value == "true" {
            inherited.push(key.trim_end_matches(".workspace"));
        } else if section == "lints" && key == "workspace" && value == "true" {
            inherited.push("[lints]");
        } else if section.ends_with("dependencies") && !line.starts_with('#') && !from_workspace {
            findings.push(manifest.finding(
                number,
                format!("`{key}` has a version of its own; write `{key}.workspace = true` and put the version into the root's Cargo.toml"),
            ));
        }
    }
    for key in INHERITED.iter().filter(|key| !inherited.contains(key)) {
        findings.push(manifest.finding(
            1,
            format!("`{key}` is not inherited; write `{key}.workspace = true`"),
        ));
    }
    if !inherited.contains(&"[lints]") {
        findings.push(manifest.finding(
            1,
            "the lints are not inherited; write `[lints]` and `workspace = true`",
        ));
    }
    findings
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
    fn what_is_not_inherited_is_found() {
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
            ("dependencies", "log = \"0.4\""),
            (
                "target.'cfg(unix)'.dev-dependencies",
                "log = { version = \"0.4\" }",
            ),
        ] {
            let found = check(&format!("{GOOD}[{section}]\n{line}\n"));
            assert!(
                found[0].contains("`log` has a version of its own"),
                "{found:?}"
            );
        }
    }
}
