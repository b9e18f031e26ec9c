//! The rows of `gatelet asa migrate`.

use std::collections::BTreeMap;

use asa_client::{MigratedSetupToken, MigrationOutcome, PlannedAction};
use gatelet_models::asa::GatewaySetupTokenId;
use gatelet_transport::Applied;
use serde::Serialize;

use crate::commands::asa::migration_file::PlannedEntry;
use crate::error::error::cause;
use crate::output::columns::{labels, text};
use crate::output::record::{Column, Record};

impl Record for PlannedEntry {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("SOURCE ID", |entry| Some(entry.source_id.to_string())),
        Column::state("ACTION", |entry| Some(entry.action.as_str().to_owned())),
        Column::text("DESCRIPTION", |entry| entry.description.clone()),
        Column::text("LABELS", |entry| labels(Some(&entry.labels))),
        Column::wide(Column::text("TARGET ID", |entry| {
            text(entry.target_id.as_ref())
        })),
        Column::text("REASON", |entry| entry.reason.clone()),
    ];
}

/// What was done with a setup token of a plan, with names of our own, since the API has no such object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MigratedRow {
    /// The id in the target.
    id: Option<GatewaySetupTokenId>,
    result: &'static str,
    source_id: GatewaySetupTokenId,
    description: Option<String>,
    labels: BTreeMap<String, String>,
    reason: Option<String>,
}

impl MigratedRow {
    pub(crate) fn new(migrated: &MigratedSetupToken) -> Self {
        let (result, id, reason) = match &migrated.outcome {
            MigrationOutcome::Created(id) => ("created", Some(id), None),
            MigrationOutcome::Present(id) => ("present", Some(id), None),
            MigrationOutcome::Skipped => ("skipped", None, skip_reason(migrated)),
            MigrationOutcome::NoLongerPresent => {
                ("failed", None, Some(NO_LONGER_PRESENT.to_owned()))
            }
            MigrationOutcome::Unclear(id) => ("failed", None, Some(unclear(id))),
            MigrationOutcome::NotTried => ("failed", None, Some(NOT_TRIED.to_owned())),
            MigrationOutcome::Failed(error) => match error.applied() {
                Applied::No => ("failed", None, Some(cause(error))),
                Applied::Unknown | Applied::Yes => ("unclear", None, Some(cause(error))),
            },
            _ => ("failed", None, None),
        };
        let planned = &migrated.planned;
        Self {
            id: id.cloned(),
            result,
            source_id: planned.source_id.clone(),
            description: planned.description.clone(),
            labels: planned.labels.clone(),
            reason,
        }
    }

    /// Returns the line of a setup token that the target does not have as planned, for stderr.
    pub(crate) fn failure_line(&self) -> String {
        let Self {
            source_id, result, ..
        } = self;
        let reason = self.reason.as_deref().unwrap_or_default();
        match *result {
            "unclear" => format!(
                "the setup token for {source_id} may have been created: {reason}; a second run finds it"
            ),
            _ => format!("no setup token was created for {source_id}: {reason}"),
        }
    }
}

const NO_LONGER_PRESENT: &str =
    "the plan has it as present, and the target does not have it any more: make a new plan";

const NOT_TRIED: &str = "it was not tried, because the credential was rejected";

fn unclear(id: &GatewaySetupTokenId) -> String {
    format!("the target has {id} with this description, and the response does not say its labels")
}

fn skip_reason(migrated: &MigratedSetupToken) -> Option<String> {
    match &migrated.planned.action {
        PlannedAction::Skip(reason) => Some(reason.to_string()),
        _ => None,
    }
}

impl Record for MigratedRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |row| text(row.id.as_ref())),
        Column::state("RESULT", |row| Some(row.result.to_owned())),
        Column::text("SOURCE ID", |row| Some(row.source_id.to_string())),
        Column::text("DESCRIPTION", |row| row.description.clone()),
        Column::text("LABELS", |row| labels(Some(&row.labels))),
        Column::text("REASON", |row| row.reason.clone()),
    ];
}
