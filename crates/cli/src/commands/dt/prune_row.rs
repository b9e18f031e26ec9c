//! The rows of `gatelet dt active-gate-token prune`.

use dt_client::{PruneCandidate, PruneOutcome};
use gatelet_models::Timestamp;
use gatelet_models::dt::ActiveGateTokenId;
use serde::Serialize;

use crate::output::record::{Column, Record};

/// A token of a plan, with names of our own, since the API has no such object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    token_id: ActiveGateTokenId,
    name: Option<String>,
    /// What becomes of it.
    outcome: &'static str,
    /// Why.
    reason: String,
    creation_date: Timestamp,
    last_used_date: Option<Timestamp>,
}

/// What becomes of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It may be deleted.
    Candidate,
    Deleted,
    Gone,
    /// It is kept, for this reason.
    Kept(&'static str),
    /// It was not deleted, or not surely, because of this.
    Failed(String),
    /// A failure ended the command before.
    NotTried,
}

impl Outcome {
    pub(crate) fn of(outcome: PruneOutcome) -> Self {
        match outcome {
            PruneOutcome::Deleted(_) => Self::Deleted,
            PruneOutcome::AlreadyGone => Self::Gone,
            PruneOutcome::Kept(reason) => Self::Kept(reason.as_str()),
            _ => Self::Failed("the outcome is unknown".to_owned()),
        }
    }
}

impl Row {
    pub(crate) fn new(token: &PruneCandidate, outcome: Outcome) -> Self {
        let (outcome, reason) = match outcome {
            Outcome::Candidate => ("CANDIDATE", None),
            Outcome::Deleted => ("DELETED", None),
            Outcome::Gone => ("GONE", None),
            Outcome::Kept(reason) => ("KEPT", Some(reason.to_owned())),
            Outcome::Failed(reason) => ("FAILED", Some(reason)),
            Outcome::NotTried => ("NOT_TRIED", None),
        };
        Self {
            token_id: token.id.clone(),
            name: token.name.clone(),
            outcome,
            reason: reason.unwrap_or_else(|| token.reason.to_string()),
            creation_date: token.creation_date,
            last_used_date: token.last_used_date,
        }
    }
}

impl Record for Row {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |row| Some(row.token_id.to_string())),
        Column::text("NAME", |row| row.name.clone()),
        Column::state("OUTCOME", |row| Some(row.outcome.to_owned())),
        Column::text("REASON", |row| Some(row.reason.clone())),
        Column::time("LAST USED", |row| row.last_used_date),
        Column::time("CREATED", |row| Some(row.creation_date)),
    ];
}
