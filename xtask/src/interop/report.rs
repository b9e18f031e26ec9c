//! The table of results, one row for each tool and description.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::tool::Tool;
use crate::error::Error;

/// The format in which a tool reports its findings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ReportFormat {
    /// redocly's JSON, with its totals.
    RedoclyJson,
    /// spectral's JSON, with a severity for each finding.
    SpectralJson,
    /// Text, in which certain words mark errors and warnings.
    Lines,
}

/// The errors and warnings that a tool reported.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    pub(crate) errors: usize,
    /// As the tool wrote them.
    pub(crate) warnings: Vec<String>,
}

impl ReportFormat {
    /// Reads the findings from the output of a tool; `None` when it is not in this format.
    pub(crate) fn parse(self, stdout: &str, stderr: &str) -> Option<Findings> {
        match self {
            Self::RedoclyJson => {
                let report: Value = serde_json::from_str(stdout).ok()?;
                let total = |name: &str| usize::try_from(report["totals"][name].as_u64()?).ok();
                let (errors, count) = (total("errors")?, total("warnings")?);
                let warnings = report["problems"].as_array()?;
                let warnings = warnings.iter().filter(|it| it["severity"] == "warn");
                let mut warnings: Vec<String> =
                    warnings.map(|it| rule_and_message(it, "ruleId")).collect();
                // It lists only the first hundred.
                warnings.resize(count, "not listed".into());
                Some(Findings { errors, warnings })
            }
            Self::SpectralJson => {
                let findings: Vec<Value> = serde_json::from_str(stdout).ok()?;
                let is_error = |it: &&Value| it["severity"] == 0;
                let warnings = findings.iter().filter(|it| !is_error(it));
                Some(Findings {
                    errors: findings.iter().filter(is_error).count(),
                    warnings: warnings.map(|it| rule_and_message(it, "code")).collect(),
                })
            }
            Self::Lines => {
                let with = |words: &[&str]| -> Vec<String> {
                    let lines = stdout.lines().chain(stderr.lines());
                    let lines = lines.filter(|line| words.iter().any(|word| line.contains(word)));
                    lines.map(|line| line.trim().to_owned()).collect()
                };
                Some(Findings {
                    errors: with(&["ERROR", "Error:", "Error(s)"]).len(),
                    warnings: with(&["[main] WARN", "WARNING", "Warning:", "Warning(s)"]),
                })
            }
        }
    }
}

/// Returns the rule and the message of a finding.
fn rule_and_message(finding: &Value, rule: &str) -> String {
    let text = |name: &str| finding[name].as_str().unwrap_or_default();
    format!("{}: {}", text(rule), text("message"))
}

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
    pub(crate) fn add(&mut self, tool: &Tool, vendor: &str, outcome: Outcome) {
        let result = match &outcome.failure {
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
        let (Findings { errors, warnings }, output) = (outcome.findings, outcome.output);
        let (name, version) = (tool.name, tool.package.version());
        for warning in &warnings {
            let warning = format!("{name}, {vendor}: {warning}");
            *self.warnings.entry(warning).or_default() += 1;
        }
        // A tool that did not run has no counts.
        let count = |count: usize| match result {
            "not available" => String::new(),
            _ => count.to_string(),
        };
        let (errors, warnings) = (count(errors), count(warnings.len()));
        self.rows.push(format!(
            "| {name} | {version} | {vendor} | {result} | {errors} | {warnings} | {output} |"
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

    #[track_caller]
    fn check(found: Option<Findings>, errors: usize, warnings: &[&str]) {
        let warnings = warnings.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(found, Some(Findings { errors, warnings }));
    }

    #[test]
    fn findings_are_counted_in_each_format() {
        let redocly = r#"{"totals": {"errors": 1, "warnings": 2, "ignored": 0}, "problems": [
            {"severity": "error", "ruleId": "a", "message": "b"}, {"severity": "warn", "ruleId": "c", "message": "d"}]}"#;
        let warnings = ["c: d", "not listed"];
        check(ReportFormat::RedoclyJson.parse(redocly, ""), 1, &warnings);
        let spectral =
            r#"[{"severity": 0}, {"severity": 1, "code": "a", "message": "b"}, {"severity": 3}]"#;
        check(
            ReportFormat::SpectralJson.parse(spectral, ""),
            1,
            &["a: b", ": "],
        );
        check(
            ReportFormat::SpectralJson.parse("[]", "Deprecation"),
            0,
            &[],
        );
        let lines = "[main] INFO error.py\n [main] WARN beta\n[main] ERROR no\n";
        let python = "a.py:1: UserWarning: what";
        check(
            ReportFormat::Lines.parse(lines, python),
            1,
            &["[main] WARN beta", python],
        );
    }

    // U27
    #[test]
    fn code_that_a_tool_does_not_generate_is_a_warning() {
        let skipped = [
            "Warning(s) encountered while generating. Client was generated, but some pieces may be missing",
            "WARNING parsing POST /doors within doors. Endpoint will not be generated.",
        ];
        check(
            ReportFormat::Lines.parse("Generating", &skipped.join("\n")),
            0,
            &skipped,
        );
    }

    #[test]
    fn output_in_another_format_has_no_count() {
        assert_eq!(ReportFormat::RedoclyJson.parse("", "cannot start"), None);
        assert_eq!(ReportFormat::RedoclyJson.parse("{}", ""), None);
        assert_eq!(ReportFormat::SpectralJson.parse("oops", ""), None);
    }

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
