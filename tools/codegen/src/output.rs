//! Compares generated files with those on disk, or writes them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// The generated files: the text of each by its path relative to the workspace's root.
#[derive(Debug, Default, PartialEq)]
pub struct Output {
    files: BTreeMap<PathBuf, String>,
}

/// The folders that contain only generated files, relative to the workspace's root.
const FOLDERS: [&str; 8] = [
    "crates/asa-client/src/generated",
    "crates/cli/src/generated",
    "crates/dt-client/src/generated",
    "crates/emulator/src/api/generated",
    "crates/models/src/generated",
    "crates/models/schemas",
    "docs/reference",
    "tests/wire/src/generated",
];

/// A file in one of these folders that is generated from the command line.
const REFERENCE_OF_CLI: &str = "docs/reference/cli.md";

impl Output {
    /// Adds a file below one of the generator's folders.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, text: String) -> Result<(), String> {
        let path = path.into();
        let is_ours = FOLDERS.iter().any(|folder| path.starts_with(folder)) || is_client(&path);
        let is_plain = path
            .components()
            .all(|it| matches!(it, std::path::Component::Normal(_)));
        if !is_ours || !is_plain {
            return Err(format!(
                "{} is no place for generated files",
                path.display()
            ));
        }
        self.files.insert(path, text);
        Ok(())
    }

    /// Returns the files with their texts, by path relative to the workspace's root.
    pub fn files(&self) -> impl Iterator<Item = (&PathBuf, &String)> {
        self.files.iter()
    }

    /// Compares the files with those on disk, and returns one text for each difference. It writes nothing.
    ///
    /// # Errors
    ///
    /// If a file or folder cannot be read.
    pub fn differences(&self, root: &Path) -> Result<Vec<String>, String> {
        let mut differences = Vec::new();
        for (path, text) in &self.files {
            if root.join(path).is_symlink() {
                differences.push(format!("{}: is a link", path.display()));
                continue;
            }
            let found = read(&root.join(path))?;
            if found.as_deref() != Some(text.as_bytes()) {
                differences.push(difference(path, found.as_deref(), text));
            }
        }
        for path in self.leftovers(root)? {
            differences.push(format!(
                "{}: left over, nothing generates it",
                path.display()
            ));
        }
        Ok(differences)
    }

    /// Writes files that differ, removes leftovers, and returns what changed.
    ///
    /// # Errors
    ///
    /// If a file cannot be written, or one of the folders is a link.
    pub fn write(&self, root: &Path) -> Result<Vec<String>, String> {
        let mut changes = Vec::new();
        reject_links(root)?;
        // This comes first, because a link would make the generator write elsewhere.
        for path in self.leftovers(root)? {
            fs::remove_file(root.join(&path)).map_err(|error| failed("delete", &path, &error))?;
            changes.push(format!("deleted {}", path.display()));
        }
        for (path, text) in &self.files {
            let target = root.join(path);
            if target.is_symlink() || read(&target)?.as_deref() != Some(text.as_bytes()) {
                replace(&target, text).map_err(|error| failed("write", path, &error))?;
                changes.push(format!("wrote {}", path.display()));
            }
        }
        Ok(changes)
    }

    /// Returns the files in the generator's folders that are not generated.
    fn leftovers(&self, root: &Path) -> Result<Vec<PathBuf>, String> {
        let mut leftovers = Vec::new();
        for folder in FOLDERS {
            collect(root, Path::new(folder), &mut leftovers)
                .map_err(|error| failed("list", Path::new(folder), &error))?;
        }
        let is_other = |path: &Path| path == Path::new(REFERENCE_OF_CLI);
        leftovers.retain(|path| !self.files.contains_key(path) && !is_other(path));
        leftovers.sort();
        Ok(leftovers)
    }
}

/// Returns whether a path is below the generated folder of a vendor's client.
fn is_client(path: &Path) -> bool {
    let mut parts = path.iter().map(|part| part.to_string_lossy());
    let mut next = || parts.next().unwrap_or_default();
    next() == "crates" && next().ends_with("-client") && next() == "src" && next() == "generated"
}

fn failed(verb: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {verb} {}: {error}", path.display())
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, &error)),
    }
}

/// Rejects a folder of the generator that is a link, because its files would be written elsewhere.
fn reject_links(root: &Path) -> Result<(), String> {
    for folder in FOLDERS {
        if root.join(folder).is_symlink() {
            return Err(format!(
                "{folder} is a link; the generator writes into a folder only"
            ));
        }
    }
    Ok(())
}

/// Replaces a file atomically: writes a temporary file beside it and renames that.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("part");
    File::create_new(&beside)?.write_all(text.as_bytes())?;
    fs::rename(&beside, path)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn difference(path: &Path, found: Option<&[u8]>, expected: &str) -> String {
    let path = path.display();
    let Some(found) = found else {
        return format!("{path}: missing");
    };
    let found = String::from_utf8_lossy(found);
    TextDiff::from_lines(found.as_ref(), expected)
        .unified_diff()
        .context_radius(2)
        .header(&format!("{path} (on disk)"), &format!("{path} (generated)"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "crates/models/src/generated/house/doors.rs";
    const PAGE: &str = "docs/reference/house.md";

    fn output() -> Output {
        let mut output = Output::default();
        output.add(MODEL, "one\ntwo\n".into()).unwrap();
        output.add(PAGE, "# Doors\n".into()).unwrap();
        output
    }

    fn put(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn a_fresh_file_does_not_differ_and_is_not_written_again() {
        let root = tempfile::tempdir().unwrap();
        let changes = output().write(root.path()).unwrap();
        assert_eq!(changes, [format!("wrote {MODEL}"), format!("wrote {PAGE}")]);
        assert!(output().differences(root.path()).unwrap().is_empty());
        assert!(output().write(root.path()).unwrap().is_empty());
    }

    #[test]
    fn one_stale_byte_a_missing_file_and_a_leftover_are_distinguished() {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), MODEL, "one\ntoo\n");
        put(root.path(), "docs/reference/shed.md", "# Shed\n");
        let differences = output().differences(root.path()).unwrap();
        assert_eq!(
            differences,
            [
                format!(
                    "--- {MODEL} (on disk)\n+++ {MODEL} (generated)\n@@ -1,2 +1,2 @@\n one\n-too\n+two\n"
                ),
                format!("{PAGE}: missing"),
                "docs/reference/shed.md: left over, nothing generates it".into(),
            ]
        );
        assert_eq!(fs::read(root.path().join(MODEL)).unwrap(), b"one\ntoo\n");
    }

    #[test]
    fn writing_deletes_leftovers_and_touches_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), "docs/reference/shed.md", "# Shed\n");
        put(root.path(), "docs/architecture.md", "# House\n");
        output().write(root.path()).unwrap();
        assert!(!root.path().join("docs/reference/shed.md").exists());
        assert!(root.path().join("docs/architecture.md").exists());
    }

    #[test]
    fn a_file_outside_of_the_folders_is_refused() {
        for path in [
            "src/lib.rs",
            "/docs/reference/house.md",
            "docs/reference/../../Cargo.toml",
            "docs/references.md",
        ] {
            assert!(
                Output::default().add(path, String::new()).is_err(),
                "{path}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_a_file_differs_and_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        output().write(root.path()).unwrap();
        let (page, target) = (root.path().join(PAGE), outside.path().join("page.md"));
        fs::rename(&page, &target).unwrap();
        std::os::unix::fs::symlink(&target, &page).unwrap();
        let differences = output().differences(root.path()).unwrap();
        assert_eq!(differences, [format!("{PAGE}: is a link")]);
        assert_eq!(
            output().write(root.path()).unwrap(),
            [format!("wrote {PAGE}")]
        );
        assert!(!page.is_symlink() && target.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_never_leads_out_of_the_folders() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let models = root.path().join("crates/models/src/generated");
        fs::create_dir_all(&models).unwrap();
        std::os::unix::fs::symlink(outside.path(), models.join("house")).unwrap();
        output().write(root.path()).unwrap();
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        assert!(output().differences(root.path()).unwrap().is_empty());

        fs::remove_dir_all(root.path().join("docs/reference")).unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("docs/reference")).unwrap();
        assert!(
            output()
                .write(root.path())
                .unwrap_err()
                .contains("is a link")
        );
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
