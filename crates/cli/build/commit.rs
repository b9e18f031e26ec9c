//! Finds the commit of a source tree without running git.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the commit of the folder of a package: what `cargo package` has noted, or else what is checked out in the repository around it.
/// `None` if neither is known. `depends_on` gets each file that changes with the commit.
pub(crate) fn find(package: &Path, mut depends_on: impl FnMut(&Path)) -> Option<String> {
    let noted = package.join(".cargo_vcs_info.json");
    if let Ok(json) = fs::read_to_string(noted) {
        let (_, rest) = json.split_once("\"sha1\"")?;
        return commit(rest.split('"').nth(1)?);
    }
    let git = package.ancestors().find_map(git_folder)?;
    let head = git.join("HEAD");
    depends_on(&head);
    let text = fs::read_to_string(head).ok()?;
    let Some(name) = text.trim().strip_prefix("ref: ") else {
        return commit(&text);
    };
    // The branches of all worktrees are in one folder.
    let common = fs::read_to_string(git.join("commondir")).ok();
    let common = common.map_or_else(|| git.clone(), |path| git.join(path.trim()));
    let branch = common.join(name);
    let packed = common.join("packed-refs");
    for file in [&branch, &packed] {
        if file.exists() {
            depends_on(file);
        }
    }
    if let Ok(text) = fs::read_to_string(branch) {
        return commit(&text);
    }
    let packed = fs::read_to_string(packed).ok()?;
    let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
    lines.find_map(|(hash, own)| (own == name).then(|| commit(hash))?)
}

/// Returns the folder of git's files; that of a worktree is in a file.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    match fs::read_to_string(&git) {
        Ok(text) => Some(folder.join(text.trim().strip_prefix("gitdir: ")?)),
        Err(_) => git.is_dir().then_some(git),
    }
}

fn commit(text: &str) -> Option<String> {
    let hash = text.trim();
    let is_hash = hash.len() >= 40 && hash.bytes().all(|it| it.is_ascii_hexdigit());
    is_hash.then(|| hash.to_owned())
}
