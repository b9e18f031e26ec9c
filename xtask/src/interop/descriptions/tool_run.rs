//! One tool run on one description.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gatelet_codegen::{Outline, Server, VENDORS};

use super::super::folder::Folder;
use super::super::process::{self, print_end};
use super::report::Outcome;
use super::tool::{BUNDLER, ExpectedNames, OutputCheck, Tool};
use crate::workspace::Workspace;

/// An installed tool and the description that it reads.
pub(crate) struct ToolRun<'a> {
    pub(crate) tool: &'a Tool,
    /// The folder with its programs.
    pub(crate) programs: &'a Path,
    pub(crate) outline: &'a Outline,
}

impl ToolRun<'_> {
    /// Runs the tool and checks its output. A failure of the tool is an outcome, not an error.
    pub(crate) fn run(&self, workspace: &Workspace, folder: &Folder) -> Result<Outcome, String> {
        let letters = self.tool.name.chars();
        let name: String = letters.filter(char::is_ascii_alphanumeric).collect();
        let output = folder.create(&format!("{name}-{}", self.outline.name))?;
        let ruleset = folder.path().join("ruleset.yaml");
        fs::write(&ruleset, "extends: [\"spectral:oas\"]\n").map_err(|error| error.to_string())?;
        let description = match self.description(workspace, folder) {
            Ok(description) => description,
            Err(reason) => return Ok(failed(&reason)),
        };
        let fill = |argument: &&str| {
            argument
                .replace("{description}", &description.display().to_string())
                .replace("{output}", &output.display().to_string())
                .replace("{ruleset}", &ruleset.display().to_string())
        };
        let call: Vec<String> = self.tool.command.iter().map(fill).collect();
        let ended = match process::command(self.programs, &call, folder, &output).output() {
            Ok(ended) => ended,
            Err(error) => return Ok(Outcome::unavailable(&format!("{}: {error}", call[0]))),
        };
        let (stdout, stderr) = process::output_texts(&ended);
        let Some(findings) = self.tool.report_format.parse(&stdout, &stderr) else {
            print_end(&ended);
            return Ok(failed("its output is not in the expected format"));
        };
        let errors = findings.errors;
        let mut outcome = Outcome {
            findings,
            ..Outcome::default()
        };
        if !ended.status.success() || errors > 0 {
            print_end(&ended);
            outcome.failure = Some(format!("{}, {errors} errors", ended.status));
        } else if let Some(check) = &self.tool.output_check {
            self.check_output(check, folder, &output, &mut outcome)?;
        }
        Ok(outcome)
    }

    /// Returns the path of the description, or of its bundle if the tool does not follow its references.
    fn description(&self, workspace: &Workspace, folder: &Folder) -> Result<PathBuf, String> {
        let name = self.outline.name;
        let file = format!("crates/models/openapi/{name}.yaml");
        let description = workspace.root().join(file);
        // Only further descriptions refer to another one.
        if self.tool.follows_files || VENDORS.iter().any(|vendor| vendor.name == name) {
            return Ok(description);
        }
        let bundle = folder.path().join(format!("{name}-bundle.yaml"));
        let (package, call) = BUNDLER;
        let fill = |argument: &&str| {
            argument
                .replace("{description}", &description.display().to_string())
                .replace("{bundle}", &bundle.display().to_string())
        };
        let call: Vec<String> = call.iter().map(fill).collect();
        let programs = package.install(folder);
        let programs = programs.map_err(|reason| format!("not available: {reason}"))?;
        let ended = process::command(&programs, &call, folder, folder.path()).output();
        let ended = ended.map_err(|error| format!("{}: {error}", call[0]))?;
        if ended.status.success() {
            return Ok(bundle);
        }
        print_end(&ended);
        Err(format!("it cannot be bundled: {}", ended.status))
    }

    /// Compiles the output, and looks for the expected names and the default address.
    fn check_output(
        &self,
        check: &OutputCheck,
        folder: &Folder,
        output: &Path,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        let call: Vec<String> = check.compile.iter().map(|it| (*it).to_owned()).collect();
        let programs = match check.compiler.map(|it| it.install(folder)) {
            None => self.programs.to_owned(),
            Some(Ok(programs)) => programs,
            Some(Err(reason)) => {
                *outcome = Outcome::unavailable(&reason);
                return Ok(());
            }
        };
        match process::command(&programs, &call, folder, output).output() {
            Ok(ended) if ended.status.success() => {
                outcome.output = format!("compiles ({})", call[0]);
            }
            Ok(ended) => {
                print_end(&ended);
                outcome.failure = Some(format!("its output does not compile: {}", ended.status));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                outcome.output = format!("no compiler found ({})", call[0]);
            }
            Err(error) => return Err(format!("{}: {error}", call[0])),
        }
        let sources = sources(output)?;
        if let Some(name) = self.missing_name(check.expected_names, &sources) {
            outcome.failure = Some(format!("its output has no `{name}`"));
        }
        let server = &self.outline.server;
        if !check.has_host {
            outcome.output.push_str(", the caller passes the address");
        } else if has_host(&sources, server) {
            outcome.output.push_str(", default ");
            outcome.output.push_str(&server.filled());
        } else {
            outcome.failure = Some(format!("its output has no `{}`", server.filled()));
        }
        Ok(())
    }

    /// Returns the first operation or object that is missing from the output, in any naming style.
    fn missing_name(&self, expected: ExpectedNames, sources: &[String]) -> Option<&str> {
        let names = match expected {
            ExpectedNames::Operations => &self.outline.operations,
            ExpectedNames::Objects => &self.outline.objects,
        };
        let sources: Vec<String> = sources.iter().map(|it| normalize(it)).collect();
        let mut names = names.iter();
        let name = names.find(|name| !sources.iter().any(|it| it.contains(&normalize(name))))?;
        Some(name)
    }
}

fn failed(why: &str) -> Outcome {
    Outcome {
        failure: Some(why.into()),
        ..Outcome::default()
    }
}

/// Returns the ASCII letters and digits alone, in lower case.
fn normalize(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|it| it.to_ascii_lowercase()).collect()
}

/// Returns the source files below a folder, each with its name on its first line, because that may be the name of an operation.
fn sources(folder: &Path) -> Result<Vec<String>, String> {
    let with_path = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(with_path)? {
        let entry = entry.map_err(with_path)?;
        let path = entry.path();
        let is_source = path
            .extension()
            .is_some_and(|it| ["py", "ts", "rs", "go"].iter().any(|ours| it == *ours));
        if entry.file_type().map_err(with_path)?.is_dir() {
            found.extend(sources(&path)?);
        } else if is_source {
            let text = fs::read_to_string(&path).map_err(with_path)?;
            found.push(format!("{}\n{text}", entry.file_name().display()));
        }
    }
    Ok(found)
}

/// Returns whether a source contains the server's address with its defaults, or the parts from which it is composed at run time.
fn has_host(sources: &[String], server: &Server) -> bool {
    let filled = format!("\"{}\"", server.filled());
    let variables = server.variables.iter();
    let defaults: Vec<String> = variables.map(|it| format!("\"{}\"", it.default)).collect();
    let has_parts = |text: &String| {
        !defaults.is_empty()
            && text.contains(&server.url)
            && defaults.iter().all(|it| text.contains(it))
    };
    sources
        .iter()
        .any(|text| text.contains(&filled) || has_parts(text))
}

#[cfg(test)]
mod tests {
    use super::super::tool::TOOLS;
    use super::*;
    use gatelet_codegen::outlines;

    /// Returns the outlines of all descriptions.
    fn all() -> Vec<Outline> {
        let all = VENDORS.map(|it| outlines(Workspace::here().root(), it).unwrap());
        all.into_iter().flatten().collect()
    }

    // U27
    #[test]
    fn the_default_address_of_each_description_is_complete() {
        let servers: Vec<_> = all().iter().map(|it| it.server.filled()).collect();
        assert_eq!(
            servers,
            [
                "https://app.scaleft.com",
                "https://your-environment-id.live.dynatrace.com/api/v2",
                "https://your-environment-id.apps.dynatrace.com/platform/fleet-management/v1",
            ]
        );
    }

    #[test]
    fn a_host_is_found_whole_or_in_parts() {
        let server = all().swap_remove(1).server;
        for (file, text, expected) in [
            ("a.rs", "\"https://.live.dynatrace.com/api/v2\"", false),
            (
                "a.txt",
                "\"https://your-environment-id.live.dynatrace.com/api/v2\"",
                false,
            ),
            (
                "a.rs",
                "\"https://your-environment-id.live.dynatrace.com/api/v2\"",
                true,
            ),
            (
                "a.go",
                "\"https://{environment}.live.dynatrace.com/api/v2\"",
                false,
            ),
            (
                "a.go",
                "\"https://{environment}.live.dynatrace.com/api/v2\", \"your-environment-id\"",
                true,
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let inner = folder.path().join("inner");
            fs::create_dir(&inner).unwrap();
            fs::write(inner.join(file), text).unwrap();
            let sources = sources(folder.path()).unwrap();
            assert!(sources.iter().all(|it| it.starts_with("a.")));
            assert_eq!(has_host(&sources, &server), expected, "{text}");
        }
    }

    // U27
    #[test]
    fn an_operation_missing_from_the_output_is_named() {
        let outline = all().swap_remove(1);
        let tool_run = ToolRun {
            tool: &TOOLS[0],
            programs: Path::new(""),
            outline: &outline,
        };
        let sources = ["def list_tokens(): createToken", "get-token"].map(str::to_owned);
        let missing = tool_run.missing_name(ExpectedNames::Operations, &sources);
        assert_eq!(missing, Some("revokeToken"));
        let sources = outline.objects.clone();
        assert_eq!(
            tool_run.missing_name(ExpectedNames::Objects, &sources),
            None
        );
        let (last, others) = sources.split_last().unwrap();
        let missing = tool_run.missing_name(ExpectedNames::Objects, others);
        assert_eq!(missing, Some(last.as_str()));
    }
}
