//! The result of a check.

use serde::Serialize;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::record::{Column, Record};
use crate::settings::key::Vendor;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Ok,
    Warning,
    Failed,
    Skipped,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The result of a check.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    vendor: &'static str,
    check: &'static str,
    pub(crate) status: Status,
    detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Record for Check {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("CHECK", |it| Some(format!("{} {}", it.vendor, it.check))),
        Column::state("STATUS", |it| Some(it.status.word().to_owned())),
        Column::text("DETAIL", |it| Some(it.detail.clone())),
        Column::text("REMEDY", |it| it.remedy.clone()),
    ];
}

/// The results of the checks of a vendor, and the exit code of the first that failed.
#[derive(Debug)]
pub(crate) struct Checks {
    vendor: &'static str,
    list: Vec<Check>,
    failure: Option<Exit>,
}

impl Checks {
    pub(crate) fn new(vendor: Vendor) -> Self {
        Self {
            vendor: vendor.table(),
            list: Vec::new(),
            failure: None,
        }
    }

    /// Adds a check that found nothing wrong.
    pub(crate) fn ok(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Ok, detail.into(), None);
    }

    /// Adds a check that was not made, and why.
    pub(crate) fn skip(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Skipped, detail.into(), None);
    }

    /// Adds a check that found something that may be wrong.
    pub(crate) fn warn(&mut self, check: &'static str, detail: impl Into<String>, remedy: &str) {
        self.add(
            check,
            Status::Warning,
            detail.into(),
            Some(remedy.to_owned()),
        );
    }

    /// Adds a check that found an error.
    pub(crate) fn fail(&mut self, check: &'static str, error: &CliError, remedy: Option<&str>) {
        self.failure = self.failure.or(Some(error.exit()));
        let remedy = remedy.map(str::to_owned);
        self.add(check, Status::Failed, error.line().to_owned(), remedy);
    }

    /// Returns the results, and the exit code of the first that failed.
    pub(crate) fn into_parts(self) -> (Vec<Check>, Option<Exit>) {
        (self.list, self.failure)
    }

    fn add(&mut self, check: &'static str, status: Status, detail: String, remedy: Option<String>) {
        self.list.push(Check {
            vendor: self.vendor,
            check,
            status,
            detail,
            remedy,
        });
    }
}
