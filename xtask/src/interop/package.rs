//! Packages from registries, in pinned versions, installed by the registries' own clients.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::folder::Folder;

/// A package, and the packages that it needs beside it.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) registry: Registry,
    /// Packages with their versions, the tool's own first. They are installed even if another package asks for another version.
    pub(crate) specs: &'static [&'static str],
}

/// Where packages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registry {
    PyPi,
    Npm,
}

impl Registry {
    /// Returns its name for people.
    fn display_name(self) -> &'static str {
        match self {
            Self::PyPi => "PyPI",
            Self::Npm => "npm",
        }
    }

    /// Returns the separator between a package and its version.
    fn separator(self) -> &'static str {
        match self {
            Self::PyPi => "==",
            Self::Npm => "@",
        }
    }
}

impl Package {
    /// Returns the version of the tool.
    pub(crate) fn version(&self) -> &'static str {
        let (_, version) = self.specs[0]
            .rsplit_once(self.registry.separator())
            .unwrap_or_default();
        version
    }

    /// Installs it, unless it is installed already. Returns the folder with its programs, or why there is none.
    pub(crate) fn install(&self, folder: &Folder) -> Result<PathBuf, String> {
        let letters = self.specs[0].chars();
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
        folder.create(&name)?;
        let installed = match self.registry {
            Registry::PyPi => {
                let mut python = folder.command("python3");
                let mut pip = folder.command(programs.join("pip"));
                // pip says why a download failed only if it may try again.
                let options = ["install", "--disable-pip-version-check", "--retries=1"];
                succeed(python.args(["-m", "venv"]).arg(&path))
                    .and_then(|()| succeed(pip.args(options).arg("--quiet").args(self.specs)))
            }
            Registry::Npm => {
                let manifest = npm_manifest(self.specs).to_string();
                std::fs::write(path.join("package.json"), manifest)
                    .map_err(|error| error.to_string())?;
                let mut npm = folder.command("npm");
                let options = ["--loglevel=error", "--no-audit", "--no-fund"];
                npm.arg("install").args(options).arg("--fetch-retries=1");
                succeed(npm.arg("--prefix").arg(&path))
            }
        };
        installed.map_err(|why| {
            let (specs, registry) = (self.specs.join(" "), self.registry.display_name());
            format!("{specs} could not be installed from {registry}: {why}")
        })?;
        std::fs::write(path.join("installed"), "").map_err(|error| error.to_string())?;
        Ok(programs)
    }
}

/// Returns a manifest for npm that has exactly these versions, whatever other packages ask for.
fn npm_manifest(specs: &[&str]) -> Value {
    let separator = Registry::Npm.separator();
    let versions = specs.iter().filter_map(|spec| spec.rsplit_once(separator));
    let versions: Map<String, Value> = versions
        .map(|(name, version)| (name.to_owned(), version.into()))
        .collect();
    json!({ "private": true, "dependencies": versions, "overrides": versions })
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
    let stderr = String::from_utf8_lossy(&output.stderr);
    Err(failed(
        cause(&stderr)
            .unwrap_or("it failed without a message")
            .into(),
    ))
}

/// Returns the most telling line of an error output: why a registry was not reached, else what was not found, else the first
/// error. The last line would not do: npm ends with the path of its log.
fn cause(stderr: &str) -> Option<&str> {
    let with = |words: &[&str]| {
        let mut lines = stderr.lines();
        lines.find(|line| words.iter().any(|word| line.contains(word)))
    };
    with(&["connection broken", "reason:"])
        .or_else(|| with(&["No matching", "Not Found"]))
        .or_else(|| with(&["ERROR:", "npm error"]))
        .or_else(|| stderr.lines().find(|line| !line.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::descriptions::tool::TOOLS;
    use super::super::emulator::PROGRAMS;
    use super::*;

    // U27
    #[test]
    fn the_error_says_why_nothing_was_installed() {
        let pip = "Looking in indexes: http://a\n\
            WARNING: Retrying (Retry(total=0)) after connection broken by 'Connection refused': /simple/b\n\
            ERROR: Could not find a version that satisfies the requirement b==1 (from versions: none)\n\
            ERROR: No matching distribution found for b==1\n";
        let npm = "npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\n\
            npm error FetchError: request to http://a/b failed, reason: connect ECONNREFUSED\n\
            npm error A complete log of this run can be found in: c\n";
        let version = "npm error code ETARGET\nnpm error notarget No matching version found for b@1.\n\
            npm error A complete log of this run can be found in: c\n";
        for (stderr, expected) in [
            (pip, "connection broken by 'Connection refused'"),
            (npm, "reason: connect ECONNREFUSED"),
            (version, "No matching version found for b@1."),
            ("npm error code E1\nnpm error A complete log", "code E1"),
            ("\nother\nwords", "other"),
        ] {
            let cause = cause(stderr).unwrap();
            assert!(cause.contains(expected), "{cause}");
        }
        assert_eq!(cause(" \n"), None);
    }

    #[test]
    fn every_package_is_pinned() {
        let compilers = TOOLS
            .iter()
            .filter_map(|tool| tool.output_check.as_ref()?.compiler);
        let programs = PROGRAMS.iter().map(|program| &program.package);
        let tools = TOOLS.iter().map(|tool| tool.package).chain(compilers);
        for package in tools.chain(programs) {
            let separator = package.registry.separator();
            for spec in package.specs {
                let version = spec.rsplit_once(separator).map(|(_, version)| version);
                assert!(
                    version.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit())),
                    "{spec}"
                );
            }
            assert!(!package.version().is_empty());
        }
    }

    #[test]
    fn npm_takes_the_versions_that_are_named_below_other_packages_too() {
        let versions = json!({ "@scope/a": "1.0.0", "b": "2.0.0" });
        let manifest = npm_manifest(&["@scope/a@1.0.0", "b@2.0.0"]);
        assert_eq!(manifest["dependencies"], versions);
        assert_eq!(manifest["overrides"], versions);
    }
}
