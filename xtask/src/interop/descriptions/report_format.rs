//! The formats in which tools report their findings.

use serde_json::Value;

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

#[cfg(test)]
mod tests {
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
}
