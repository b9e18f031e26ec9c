//! The table of results, one row for each tool and description.

use std::collections::BTreeMap;
use std::fmt;

use super::report_format::Findings;
use super::tool::Tool;
use crate::error::Error;

/// The result of one tool for one description.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) findings: Findings,
    /// What the table says about the generated code: whether it compiles, and its default address.
    pub(crate) output: String,
    /// The reason why it counts as failed.
    pub(crate) failure: Option<String>,
}

impl Outcome {
    /// Creates the outcome of a tool that cannot be run.
    pub(crate) fn unavailable(reason: &str) -> Self {
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
    /// How often each warning occurred, with those of tools that passed.
    warnings: BTreeMap<String, usize>,
}

impl Report {
    pub(crate) fn add(&mut self, tool: &Tool, description: &str, outcome: Outcome) {
        let result = match &outcome.failure {
            None => "passed",
            Some(reason) => {
                self.failures
                    .push(format!("{}, {description}: {reason}", tool.name));
                if reason.starts_with("not available") {
                    "not available"
                } else {
                    "failed"
                }
            }
        };
        let (Findings { errors, warnings }, output) = (outcome.findings, outcome.output);
        let (name, version) = (tool.name, tool.package.version());
        for warning in &warnings {
            let warning = format!("{name}, {description}: {warning}");
            *self.warnings.entry(warning).or_default() += 1;
        }
        // A tool that did not run has no counts.
        let count = |count: usize| match result {
            "not available" => String::new(),
            _ => count.to_string(),
        };
        let (errors, warnings) = (count(errors), count(warnings.len()));
        self.rows.push(format!(
            "| {name} | {version} | {description} | {result} | {errors} | {warnings} | {output} |"
        ));
    }

    /// Returns an error with the reasons unless every row passed.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        Error::from_findings("interop", &self.failures)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| tool | version | description | result | errors | warnings | output |\n| --- | --- | --- | --- | --- | --- | --- |"
        )?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        if !self.warnings.is_empty() {
            writeln!(f, "\nwarnings:")?;
        }
        let mut warnings = self.warnings.iter();
        warnings.try_for_each(|(warning, times)| writeln!(f, "  {times} × {warning}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tool::TOOLS;
    use super::*;

    // U27
    #[test]
    fn an_error_or_a_missing_tool_fails_the_run_and_has_a_row() {
        let mut report = Report::default();
        report.add(&TOOLS[0], "asa", Outcome::default());
        assert!(report.finish().is_ok());
        report.add(&TOOLS[0], "dt", Outcome::unavailable("no network"));
        let failed = Outcome {
            findings: Findings {
                errors: 3,
                warnings: vec!["beta".into(); 2],
            },
            failure: Some("3 errors".into()),
            ..Outcome::default()
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
        assert!(table.contains("| dt | not available |  |  |"), "{table}");
        assert!(
            table.ends_with("\nwarnings:\n  2 × spectral, spectral:oas, dt: beta\n"),
            "{table}"
        );
        assert!(table.contains("| dt | failed | 3 | 2 |"), "{table}");
    }

    // U27
    #[test]
    fn every_tool_that_must_accept_the_descriptions_is_run() {
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
