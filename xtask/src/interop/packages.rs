//! Packages of registries, in pinned versions, installed by the registries' own clients.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder::Folder;

/// A package, and what has to be beside it.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) registry: Registry,
    /// The tool's own first, each with its version.
    pub(crate) parts: &'static [&'static str],
}

/// Where packages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registry {
    PyPi,
    Npm,
}

impl Registry {
    /// The mark between a package and its version.
    fn separator(self) -> &'static str {
        match self {
            Self::PyPi => "==",
            Self::Npm => "@",
        }
    }
}

impl Package {
    /// The version of the tool.
    pub(crate) fn version(&self) -> &'static str {
        let (_, version) = self.parts[0]
            .rsplit_once(self.registry.separator())
            .unwrap_or_default();
        version
    }

    /// Installs it, unless another tool of the same package did; the folder with its programs, or why there is none.
    pub(crate) fn install(&self, folder: &Folder) -> Result<PathBuf, String> {
        let letters = self.parts[0].chars();
        let name: String = letters.filter(char::is_ascii_alphanumeric).collect();
        let path = folder.path().join(&name);
        let programs = match self.registry {
            Registry::PyPi => path.join("bin"),
            Registry::Npm => path.join("node_modules/.bin"),
        };
        if path.join("installed").exists() {
            return Ok(programs);
        }
        if path.exists() {
            return Err("could not be installed, see above".into());
        }
        folder.make(&name)?;
        match self.registry {
            Registry::PyPi => {
                succeed(Command::new("python3").args(["-m", "venv"]).arg(&path))?;
                let options = ["install", "--quiet", "--disable-pip-version-check"];
                let mut pip = Command::new(programs.join("pip"));
                succeed(pip.args(options).args(self.parts))?;
            }
            Registry::Npm => {
                let options = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"];
                let mut npm = Command::new("npm");
                succeed(npm.args(options).arg(&path).args(self.parts))?;
            }
        }
        std::fs::write(path.join("installed"), "").map_err(|error| error.to_string())?;
        Ok(programs)
    }
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let program = Path::new(command.get_program()).to_owned();
    let failed = |why: String| format!("{}: {}", program.display(), why.trim());
    let output = command
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty());
    Err(failed(last.unwrap_or("failed without a word").into()))
}

#[cfg(test)]
mod tests {
    use super::super::tools::TOOLS;

    #[test]
    fn every_package_is_pinned() {
        let compilers = TOOLS
            .iter()
            .filter_map(|tool| tool.makes.as_ref()?.compiler);
        for package in TOOLS.iter().map(|tool| tool.package).chain(compilers) {
            let separator = package.registry.separator();
            for part in package.parts {
                let version = part.rsplit_once(separator).map(|(_, version)| version);
                assert!(
                    version.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit())),
                    "{part}"
                );
            }
            assert!(!package.version().is_empty());
        }
    }
}
