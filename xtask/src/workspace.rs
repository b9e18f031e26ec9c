//! The workspace on disk: its root, its packages and its files.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::Error;

/// A workspace, given by the folder of its `Cargo.toml`.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

/// A member of the workspace, from `cargo metadata`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Its folder, relative to the workspace's root.
    pub(crate) folder: PathBuf,
    /// Whether it is published; otherwise it is a tool or a test of the repository.
    pub(crate) published: bool,
    /// Its features, `default` included.
    pub(crate) features: Vec<Feature>,
    /// The members of the workspace that it depends on.
    pub(crate) imports: Vec<Import>,
}

/// A feature and the features that it enables.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Feature {
    pub(crate) name: String,
    pub(crate) enables: Vec<String>,
}

/// A dependency on another member.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Import {
    pub(crate) package: String,
    /// Whether it is a dev-dependency.
    pub(crate) only_tests: bool,
}

impl Workspace {
    /// Returns the workspace that this xtask was built from.
    pub(crate) fn here() -> Self {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(xtask.parent().unwrap_or(xtask))
    }

    /// Returns the workspace in a folder.
    pub(crate) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the folder that everything else is relative to.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns a command in the root for the cargo that runs this process.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// Runs a cargo command and returns its output, or its errors.
    pub(crate) fn cargo_output(&self, arguments: &[&str]) -> Result<String, Error> {
        let call = format!("cargo {}", arguments.join(" "));
        let output = self
            .cargo()
            .args(arguments)
            .output()
            .map_err(|error| format!("{call}: {error}"))?;
        if !output.status.success() {
            return Err(Error::Check(format!(
                "{call}: {}\n{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            )));
        }
        String::from_utf8(output.stdout).map_err(|error| format!("{call}: {error}").into())
    }

    /// Returns cargo's target folder.
    pub(crate) fn target(&self) -> Result<PathBuf, Error> {
        Ok(PathBuf::from(text(&self.metadata()?, "target_directory")?))
    }

    /// Returns all members, sorted by name.
    pub(crate) fn packages(&self) -> Result<Vec<Package>, Error> {
        let metadata = self.metadata()?;
        let packages = metadata["packages"]
            .as_array()
            .ok_or("cargo metadata: no list of packages".to_owned())?;
        let mut packages = packages
            .iter()
            .map(|package| self.package(package))
            .collect::<Result<Vec<_>, _>>()?;
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(packages)
    }

    fn metadata(&self) -> Result<Value, Error> {
        let output = self.cargo_output(&["metadata", "--no-deps", "--format-version", "1"])?;
        serde_json::from_str(&output).map_err(|error| format!("cargo metadata: {error}").into())
    }

    fn package(&self, package: &Value) -> Result<Package, Error> {
        let manifest = PathBuf::from(text(package, "manifest_path")?);
        let folder = manifest.parent().unwrap_or(&manifest);
        let features =
            package["features"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, enables)| Feature {
                    name: name.clone(),
                    enables: enables
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .map(str::to_owned)
                        .collect(),
                });
        // Only a dependency on a member has a path.
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let imports = dependencies
            .filter(|dependency| dependency["path"].is_string())
            .map(|dependency| {
                Ok(Import {
                    package: text(dependency, "name")?,
                    only_tests: dependency["kind"].as_str() == Some("dev"),
                })
            });
        Ok(Package {
            name: text(package, "name")?,
            folder: folder.strip_prefix(&self.root).unwrap_or(folder).to_owned(),
            published: package["publish"].is_null(),
            features: features.collect(),
            imports: imports.collect::<Result<_, Error>>()?,
        })
    }

    /// Returns every file of the repository, relative to the root and sorted.
    ///
    /// Skips build output: folders named `target`, and those that cargo marks with `CACHEDIR.TAG`, which it writes only into folders
    /// that it creates.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let mut files = Vec::new();
        self.collect(Path::new(""), &mut files)?;
        files.sort();
        Ok(files)
    }

    fn collect(&self, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
        let here = self.root.join(folder);
        let with_path = |error| format!("{}: {error}", here.display());
        for entry in fs::read_dir(&here).map_err(with_path)? {
            let entry = entry.map_err(with_path)?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(with_path)?;
            if kind.is_dir()
                && ![".git", "target"]
                    .map(OsStr::new)
                    .contains(&&*entry.file_name())
                && !entry.path().join("CACHEDIR.TAG").exists()
            {
                self.collect(&path, files)?;
            } else if kind.is_file() && entry.file_name() != ".git" {
                files.push(path);
            }
        }
        Ok(())
    }

    /// Reads a file relative to the root.
    pub(crate) fn read(&self, file: impl AsRef<Path>) -> Result<String, Error> {
        let path = self.root.join(file.as_ref());
        fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", file.as_ref().display()).into())
    }

    /// Writes a file relative to the root.
    pub(crate) fn write(&self, file: impl AsRef<Path>, text: &str) -> Result<(), Error> {
        let path = self.root.join(file.as_ref());
        fs::write(&path, text)
            .map_err(|error| format!("{}: {error}", file.as_ref().display()).into())
    }
}

fn text(value: &Value, key: &str) -> Result<String, Error> {
    let text = value[key]
        .as_str()
        .ok_or_else(|| format!("cargo metadata: no `{key}`"))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_has_its_crates() {
        let packages = Workspace::here().packages().unwrap();
        let models = packages
            .iter()
            .find(|package| package.name == "gatelet-models")
            .unwrap();
        assert_eq!(
            (models.folder.as_path(), models.published),
            (Path::new("crates/models"), true)
        );
        let asa = packages
            .iter()
            .find(|package| package.name == "asa-client")
            .unwrap();
        assert!(asa.features.iter().any(|feature| feature.name == "ring"));
        assert!(asa.imports.contains(&Import {
            package: "gatelet-models".into(),
            only_tests: false
        }));
        assert!(asa.imports.contains(&Import {
            package: "gatelet-emulator".into(),
            only_tests: true
        }));
        assert!(
            !packages
                .iter()
                .any(|package| package.name == "xtask" && package.published)
        );
    }

    #[test]
    fn build_output_is_not_a_file_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("src/a.rs", ""),
            ("out/CACHEDIR.TAG", ""),
            ("out/b.rs", ""),
            ("crates/a/target/debug/d.rs", ""),
            (".git/c.rs", ""),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(
            Workspace::at(folder.path()).files().unwrap(),
            [PathBuf::from("src/a.rs")]
        );
    }
}
