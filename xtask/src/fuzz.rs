//! `cargo xtask fuzz [--seconds N] [--target NAME]`: runs the fuzz targets of `tests/fuzz`, one after the other.
//!
//! It needs only the toolchain and a C++ compiler: the targets are built with the flags of `cargo fuzz --sanitizer none`,
//! which work on a stable compiler. The corpus stays below the target folder, so a run continues where the last one ended.

mod report;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

use self::report::Report;

const FOLDER: &str = "tests/fuzz";
const FIXTURES: &str = "crates/models/tests/fixtures";
const DEFAULT_SECONDS: u64 = 60;

/// Instrumentation for libFuzzer (a counter on every edge, a trace of every comparison), and the assertions of a debug build.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions --cfg fuzzing";

/// A fuzz target and its folders.
struct Target<'a> {
    workspace: &'a Workspace,
    name: String,
    /// The folder for logs, corpora and artifacts.
    output: PathBuf,
}

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let seconds = arguments.opt_value_from_str("--seconds")?;
    let seconds = seconds.unwrap_or(DEFAULT_SECONDS);
    let target: Option<String> = arguments.opt_value_from_str("--target")?;
    finish("fuzz", arguments)?;
    let mut names = target_names(workspace)?;
    if let Some(wanted) = target {
        if !names.contains(&wanted) {
            let all = names.join(", ");
            return Err(Error::Usage(format!(
                "`fuzz`: unknown target `{wanted}`; the targets are {all}"
            )));
        }
        names.retain(|name| *name == wanted);
    }
    let output = workspace.target()?.join("fuzz");
    let binaries = build(workspace, &names, &output)?;
    let mut runs = 0;
    for name in names {
        let binary = binaries.join(&name);
        let target = Target {
            workspace,
            name,
            output: output.clone(),
        };
        runs += target.run(&binary, seconds)?;
    }
    println!("fuzz: {runs} runs, nothing found");
    Ok(())
}

/// Returns the names of all targets, sorted.
fn target_names(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let folder = workspace.root().join(FOLDER).join("fuzz_targets");
    let with_path = |error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(with_path)? {
        let path = entry.map_err(with_path)?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Builds the targets, and returns the folder with their binaries.
fn build(workspace: &Workspace, names: &[String], output: &Path) -> Result<PathBuf, Error> {
    let host = host_triple()?;
    let mut command = workspace.cargo();
    command
        .args(["build", "--quiet", "--release", "--locked"])
        .args(["--manifest-path", &format!("{FOLDER}/Cargo.toml")])
        // With `--target` the flags do not apply to build scripts, which do not link libFuzzer.
        .args(["--target", &host, "--target-dir"])
        .arg(output)
        .args(names.iter().flat_map(|name| ["--bin", name]))
        .env("RUSTFLAGS", FLAGS);
    println!("fuzz: building {}", names.join(", "));
    let status = command
        .status()
        .map_err(|error| format!("fuzz: {command:?}: {error}"))?;
    if !status.success() {
        return Err(Error::Check(format!(
            "fuzz: the targets do not build ({status}), see above; they need a C++ compiler"
        )));
    }
    Ok(output.join(host).join("release"))
}

/// Returns the target triple of this machine.
fn host_triple() -> Result<String, Error> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .map_err(|error| format!("rustc -vV: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host
        .ok_or("rustc -vV: no line `host: `".to_owned())?
        .to_owned())
}

impl Target<'_> {
    /// Runs the target for this many seconds, and returns the number of inputs.
    fn run(&self, binary: &Path, seconds: u64) -> Result<u64, Error> {
        println!("fuzz: {} for {seconds} s", self.name);
        let log = self.output.join(format!("{}.log", self.name));
        let mut command = self.command(binary, seconds)?;
        let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let status = command
            .stderr(file)
            .status()
            .map_err(|error| format!("fuzz: {command:?}: {error}"))?;
        let text = fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let report = Report::parse(&String::from_utf8_lossy(&text));
        if status.success() {
            println!("fuzz: {}: {report}", self.name);
            return Ok(report.runs);
        }
        Err(Error::Check(format!(
            "fuzz: {} found something after {} runs:\n{}\nThe whole log is {}; to reproduce: {} INPUT",
            self.name,
            report.runs,
            report.finding,
            log.display(),
            binary.display()
        )))
    }

    fn command(&self, binary: &Path, seconds: u64) -> Result<Command, Error> {
        let corpus = self.create_folder("corpus")?;
        let artifacts = self.create_folder("artifacts")?;
        let mut command = Command::new(binary);
        command
            .current_dir(self.workspace.root())
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args(["-print_final_stats=1", "-max_len=4096", "-timeout=30"])
            .arg(corpus)
            .args(self.seed_folders());
        if self.reads_json() {
            command.arg(format!("-dict={FOLDER}/json.dict"));
        }
        Ok(command)
    }

    fn reads_json(&self) -> bool {
        matches!(&*self.name, "asa_lists" | "dt_list" | "errors" | "json")
    }

    /// Returns the folders with initial inputs: the target's own, and for lists a vendor's fixtures.
    fn seed_folders(&self) -> Vec<String> {
        let fixtures = match &*self.name {
            "asa_lists" => Some(format!("{FIXTURES}/asa")),
            "dt_list" => Some(format!("{FIXTURES}/dt")),
            _ => None,
        };
        let own = format!("{FOLDER}/seeds/{}", self.name);
        [Some(own), fixtures].into_iter().flatten().collect()
    }

    /// Returns a folder of this target below the target folder, created if necessary.
    fn create_folder(&self, what: &str) -> Result<PathBuf, Error> {
        let folder = self.output.join(what).join(&self.name);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_a_binary_and_has_seeds() {
        let workspace = &Workspace::here();
        let manifest = workspace.read("tests/fuzz/Cargo.toml").unwrap();
        let names = target_names(workspace).unwrap();
        assert!(names.len() > 6);
        for name in names {
            assert!(
                manifest.contains(&format!("\"fuzz_targets/{name}.rs\"")),
                "{name}"
            );
            let target = Target {
                workspace,
                name,
                output: PathBuf::new(),
            };
            for seeds in target.seed_folders() {
                let count = fs::read_dir(workspace.root().join(&seeds)).unwrap().count();
                assert!(count > 0, "{seeds}");
            }
        }
    }

    #[test]
    fn an_unknown_target_is_a_usage_error() {
        let arguments = Arguments::from_vec(vec!["--target".into(), "nonsense".into()]);
        let error = run(&Workspace::here(), arguments).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("dt_list, errors"), "{error}");
    }
}
