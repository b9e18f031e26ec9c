//! The table of what the tools said.

use std::fmt;

use serde_json::Value;

use super::tools::Tool;
use crate::failure::Failure;

/// How a tool's complaints are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    /// The totals of redocly's JSON.
    RedoclyJson,
    /// The severities of spectral's JSON.
    SpectralJson,
    /// The lines that say so.
    Lines,
}

impl Count {
    /// Errors and warnings in what a tool printed; nothing when it is not in the expected form.
    pub(crate) fn of(self, stdout: &str, stderr: &str) -> Option<(usize, usize)> {
        match self {
            Self::RedoclyJson => {
                let totals = &serde_json::from_str::<Value>(stdout).ok()?["totals"];
                let total = |name: &str| usize::try_from(totals[name].as_u64()?).ok();
                Some((total("errors")?, total("warnings")?))
            }
            Self::SpectralJson => {
                let findings: Vec<Value> = serde_json::from_str(stdout).ok()?;
                let errors = findings.iter().filter(|it| it["severity"] == 0).count();
                Some((errors, findings.len() - errors))
            }
            Self::Lines => {
                let lines = || stdout.lines().chain(stderr.lines());
                let with = |words: &[&str]| {
                    let has_word = |line: &&str| words.iter().any(|word| line.contains(word));
                    lines().filter(has_word).count()
                };
                let errors = with(&["[main] ERROR", "ERROR:", "Error:"]);
                Some((errors, with(&["[main] WARN", "WARNING:", "Warning:"])))
            }
        }
    }
}

/// What became of one description in one tool.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    /// What was made and whether it compiles.
    pub(crate) made: String,
    /// Why it counts as failed.
    pub(crate) failure: Option<String>,
}

impl Verdict {
    /// A tool that is not there.
    pub(crate) fn not_installed(reason: &str) -> Self {
        Self {
            failure: Some(format!("not available: {reason}")),
            ..Self::default()
        }
    }
}

/// A row for each tool and description.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    pub(crate) fn add(&mut self, tool: &Tool, vendor: &str, verdict: Verdict) {
        let result = match &verdict.failure {
            None => "passed",
            Some(reason) => {
                self.failures
                    .push(format!("{}, {vendor}: {reason}", tool.name));
                if reason.starts_with("not available") {
                    "not available"
                } else {
                    "failed"
                }
            }
        };
        let Verdict {
            errors,
            warnings,
            made,
            ..
        } = verdict;
        let (name, version) = (tool.name, tool.package.version());
        self.rows.push(format!(
            "| {name} | {version} | {vendor} | {result} | {errors} | {warnings} | {made} |"
        ));
    }

    /// An error with the reasons when a row did not pass.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        Failure::from_findings("interop", &self.failures)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| tool | version | description | result | errors | warnings | what it made |\n| --- | --- | --- | --- | --- | --- | --- |"
        )?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tools::TOOLS;
    use super::*;

    #[test]
    fn complaints_are_counted_in_each_form() {
        let redocly = r#"{"totals": {"errors": 1, "warnings": 12, "ignored": 0}, "problems": []}"#;
        assert_eq!(Count::RedoclyJson.of(redocly, ""), Some((1, 12)));
        let spectral = r#"[{"severity": 0}, {"severity": 1}, {"severity": 1}]"#;
        assert_eq!(Count::SpectralJson.of(spectral, ""), Some((1, 2)));
        assert_eq!(Count::SpectralJson.of("[]", "Deprecation"), Some((0, 0)));
        let lines = "[main] INFO error.py\n[main] WARN beta\n[main] ERROR no\n";
        assert_eq!(
            Count::Lines.of(lines, "a.py:1: UserWarning: what"),
            Some((1, 2))
        );
    }

    #[test]
    fn output_in_another_form_is_no_count() {
        assert_eq!(Count::RedoclyJson.of("", "cannot start"), None);
        assert_eq!(Count::RedoclyJson.of("{}", ""), None);
        assert_eq!(Count::SpectralJson.of("oops", ""), None);
    }

    // U27
    #[test]
    fn an_error_or_a_missing_tool_fails_the_run_and_has_a_row() {
        let mut report = Report::default();
        report.add(&TOOLS[0], "asa", Verdict::default());
        assert!(report.finish().is_ok());
        report.add(&TOOLS[0], "dt", Verdict::not_installed("no network"));
        let failed = Verdict {
            errors: 3,
            failure: Some("3 errors".into()),
            ..Verdict::default()
        };
        report.add(&TOOLS[1], "dt", failed);
        let failure = report.finish().unwrap_err();
        assert_eq!(failure.exit_code(), 1);
        assert!(
            failure
                .to_string()
                .contains("dt: not available: no network")
        );
        let table = report.to_string();
        assert!(table.contains("| asa | passed | 0 | 0 |"), "{table}");
        assert!(table.contains("| dt | not available | 0 |"), "{table}");
        assert!(table.contains("| dt | failed | 3 | 0 |"), "{table}");
    }

    // U27
    #[test]
    fn every_tool_that_must_like_the_descriptions_is_run() {
        let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
        for name in [
            "redocly lint",
            "spectral",
            "openapi-spec-validator",
            "schemathesis",
            "openapi-generator, Python",
            "openapi-generator, TypeScript",
            "openapi-generator, Rust",
            "openapi-generator, Go",
            "datamodel-code-generator",
            "openapi-python-client",
        ] {
            assert!(names.iter().any(|it| it.starts_with(name)), "{name}");
        }
    }
}
