//! How the program was built.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::run::Fixture;

#[path = "../../build/commit.rs"]
mod commit;

const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn the_version_names_commit_features_and_target() {
    let fixture = Fixture::new();
    let short = fixture.run("--version").success();
    assert_eq!(short, format!("gatelet {}\n", env!("CARGO_PKG_VERSION")));
    let table = fixture.run("version").success();
    assert!(table.starts_with("VERSION"), "{table}");
    for line in ["version --json", "version -o json"] {
        let json = fixture.run(line).json();
        assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(
            json["features"].to_string().contains("jq"),
            cfg!(feature = "jq")
        );
        assert!(json["target"].as_str().unwrap().contains('-'), "{json}");
        assert!(json.get("commit").is_some(), "{json}");
    }
}

/// Returns a folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn found(folder: &Path) -> (Option<String>, usize) {
    let mut files = 0;
    (commit::find(folder, |_| files += 1), files)
}

#[test]
fn the_commit_is_found_without_git() {
    let hash = &format!("{HASH}\n");
    let packed = &format!("# pack-refs with: peeled\n{HASH} refs/heads/main\n");
    let noted = &format!("{{\n  \"git\": {{\n    \"sha1\": \"{HASH}\"\n  }}\n}}");
    for (files, changing) in [
        (&[(".cargo_vcs_info.json", noted.as_str())][..], 0),
        (&[(".git/HEAD", hash.as_str())], 1),
        (
            &[
                (".git/HEAD", "ref: refs/heads/main\n"),
                (".git/refs/heads/main", hash),
            ],
            2,
        ),
        (
            &[
                (".git/HEAD", "ref: refs/heads/main\n"),
                (".git/packed-refs", packed),
            ],
            2,
        ),
        (
            &[
                ("cli/.git", "gitdir: ../.git/worktrees/cli\n"),
                (".git/worktrees/cli/HEAD", "ref: refs/heads/main\n"),
                (".git/worktrees/cli/commondir", "../..\n"),
                (".git/refs/heads/main", hash),
            ],
            2,
        ),
    ] {
        let folder = folder(files);
        fs::create_dir_all(folder.path().join("cli")).unwrap();
        let package = match files[0].0.starts_with(".cargo") {
            true => folder.path().to_owned(),
            false => folder.path().join("cli"),
        };
        assert_eq!(
            found(&package),
            (Some(HASH.to_owned()), changing),
            "{files:?}"
        );
    }
}

#[test]
fn a_folder_without_a_commit_has_none() {
    for files in [
        &[("a", "")][..],
        &[(".git/HEAD", "")],
        &[(".git/HEAD", "ref: refs/heads/main\n")],
        &[
            (".git/HEAD", "ref: refs/heads/main\n"),
            (".git/refs/heads/main", "hunter2\n"),
        ],
        &[(".git", "no folder\n")],
        &[(".cargo_vcs_info.json", "{}")],
    ] {
        assert_eq!(found(folder(files).path()).0, None, "{files:?}");
    }
}
