//! The results of the checks, and the table of them with one row for each program and operation.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::program::Program;
use crate::error::Error;

/// The results of one program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Results {
    /// The number of checks of each operation.
    checks: BTreeMap<String, usize>,
    /// The failed ones: operation and reason.
    failures: Vec<(String, String)>,
}

impl Results {
    /// Reads the lines of a script: `{"operation": "listTokens", "failure": null}`.
    pub(crate) fn parse(stdout: &[u8]) -> Result<Self, String> {
        let mut results = Self::default();
        for line in String::from_utf8_lossy(stdout).lines() {
            let check: Value = serde_json::from_str(line).unwrap_or_default();
            let operation = check["operation"].as_str();
            let operation = operation.ok_or_else(|| format!("`{line}` is not a result"))?;
            *results.checks.entry(operation.into()).or_default() += 1;
            if let Some(reason) = check["failure"].as_str() {
                results.failures.push((operation.into(), reason.into()));
            }
        }
        Ok(results)
    }
}

/// A row for each program and operation.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    /// Adds the results of a program. An operation without a check counts as failed, and so does one that is not in the description.
    pub(crate) fn add(&mut self, program: &Program, operations: &[String], results: &Results) {
        let package = program.package.specs[0];
        let mut total = (0, 0);
        for operation in operations {
            if program.lacks.contains(&operation.as_str()) {
                self.rows
                    .push(format!("| {package} | {operation} | not in it | |"));
                continue;
            }
            let checks = results.checks.get(operation).copied().unwrap_or(0);
            if checks == 0 {
                self.failures
                    .push(format!("{package}: {operation} is not checked"));
            }
            let failed = results
                .failures
                .iter()
                .filter(|(name, _)| name == operation);
            let failed = failed.count();
            let passed = checks - failed;
            total = (total.0 + passed, total.1 + failed);
            self.rows
                .push(format!("| {package} | {operation} | {passed} | {failed} |"));
        }
        self.rows
            .push(format!("| {package} | all | {} | {} |", total.0, total.1));
        for operation in results.checks.keys().filter(|it| !operations.contains(it)) {
            self.failures
                .push(format!("{package}: {operation} is not an operation"));
        }
        let failures = results.failures.iter();
        let failures = failures.map(|(operation, why)| format!("{package}: {operation}: {why}"));
        self.failures.extend(failures);
    }

    /// Adds a program that did not run to its end.
    pub(crate) fn fail(&mut self, program: &Program, reason: &str) {
        let package = program.package.specs[0];
        self.rows
            .push(format!("| {package} | all | did not run | |"));
        self.failures.push(format!("{package}: {reason}"));
    }

    /// Returns an error with the reasons unless every check passed.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        Error::from_findings("interop", &self.failures)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| program | operation | passed | failed |\n| --- | --- | --- | --- |"
        )?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::PROGRAMS;
    use super::*;

    const LINES: &str = concat!(
        "{\"operation\": \"a\", \"failure\": null}\n",
        "{\"operation\": \"a\", \"failure\": \"404\"}\n",
        "{\"operation\": \"b\", \"failure\": null}\n",
    );

    fn operations(names: &[&str]) -> Vec<String> {
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn checks_are_counted_by_operation() {
        let results = Results::parse(LINES.as_bytes()).unwrap();
        let mut report = Report::default();
        report.add(&PROGRAMS[0], &operations(&["a", "b"]), &results);
        let table = report.to_string();
        assert!(table.contains("| a | 1 | 1 |"), "{table}");
        assert!(table.contains("| b | 1 | 0 |"), "{table}");
        assert!(table.contains("| all | 2 | 1 |"), "{table}");
        let failure = report.finish().unwrap_err();
        assert_eq!(failure.exit_code(), 1);
        assert!(failure.to_string().ends_with(": a: 404"), "{failure}");
    }

    #[test]
    fn an_operation_is_checked_or_lacked() {
        let results = Results::parse(b"{\"operation\": \"b\", \"failure\": null}").unwrap();
        let mut report = Report::default();
        let program = &PROGRAMS[1];
        report.add(program, &operations(&["b", program.lacks[0]]), &results);
        assert!(report.finish().is_ok());
        assert!(report.to_string().contains("| not in it | |"));
        report.add(program, &operations(&["a"]), &results);
        let failure = report.finish().unwrap_err().to_string();
        assert!(failure.contains(": a is not checked"), "{failure}");
        assert!(failure.contains(": b is not an operation"), "{failure}");
    }

    #[test]
    fn a_program_that_did_not_run_fails() {
        let mut report = Report::default();
        report.fail(&PROGRAMS[0], "npm: not found");
        assert!(report.to_string().contains("| all | did not run | |"));
        assert_eq!(report.finish().unwrap_err().exit_code(), 1);
    }

    #[test]
    fn a_line_that_is_not_a_result_is_named() {
        let found = Results::parse(b"{\"operation\": \"a\", \"failure\": null}\noops\n");
        assert_eq!(found, Err("`oops` is not a result".into()));
    }
}
