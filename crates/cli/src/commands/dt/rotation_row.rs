//! The rows of `gatelet dt active-gate-token rotate`.

use std::path::PathBuf;

use dt_client::{PlannedSuccessor, RotationSkip, SkippedToken};
use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenId};
use serde::Serialize;

use crate::output::record::{Column, Record};

/// What a rotation does with a token, with names of our own, since the API has no such object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    token_id: ActiveGateTokenId,
    name: Option<String>,
    step: Step,
    successor_id: Option<ActiveGateTokenId>,
    successor_name: Option<String>,
    /// When the successor ends.
    expiration_date: Option<Timestamp>,
    /// Where its secret is.
    file: Option<PathBuf>,
    /// What became of the old token.
    pub(crate) old: &'static str,
}

/// What becomes of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Step {
    /// A successor would be created.
    Planned,
    /// A successor was created.
    Created,
    /// There is a successor of an earlier run.
    Exists,
    /// There is a successor of an earlier run, whose secret is not in its file.
    NotInPlace,
    /// It is not replaced, because it has ended.
    Ended,
    /// It is not replaced, because it is a successor itself that has more than half of its life before it.
    NewSuccessor,
    /// It is not replaced, because it has no name.
    Nameless,
    /// It is not replaced, because its successor is.
    SuccessorReplaced,
    /// It is not replaced, for another reason.
    Skipped,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Created => "CREATED",
            Self::Exists => "EXISTS",
            Self::NotInPlace => "NOT_IN_PLACE",
            Self::Ended => "ENDED",
            Self::NewSuccessor => "NEW_SUCCESSOR",
            Self::Nameless => "NAMELESS",
            Self::SuccessorReplaced => "SUCCESSOR_REPLACED",
            Self::Skipped => "SKIPPED",
        }
    }
}

impl Row {
    /// Returns the row of a token with a successor.
    pub(crate) fn new(
        token: ActiveGateToken,
        successor: &ActiveGateToken,
        step: Step,
        file: Option<PathBuf>,
    ) -> Self {
        Self {
            token_id: token.id,
            name: token.name,
            step,
            successor_id: Some(successor.id.clone()),
            successor_name: successor.name.clone(),
            expiration_date: successor.expiration_date,
            file,
            old: "kept",
        }
    }

    /// Returns the row of a token whose successor would be created.
    pub(crate) fn of_planned(planned: PlannedSuccessor, file: Option<PathBuf>) -> Self {
        Self {
            token_id: planned.old.id,
            name: planned.old.name,
            step: Step::Planned,
            successor_id: None,
            successor_name: Some(planned.create.name),
            expiration_date: None,
            file,
            old: "kept",
        }
    }

    /// Returns the row of a token that is not replaced.
    pub(crate) fn of_skipped(skipped: SkippedToken) -> Self {
        let step = match skipped.reason {
            RotationSkip::Ended => Step::Ended,
            RotationSkip::NewSuccessor => Step::NewSuccessor,
            RotationSkip::Nameless => Step::Nameless,
            RotationSkip::SuccessorReplaced => Step::SuccessorReplaced,
            _ => Step::Skipped,
        };
        Self {
            token_id: skipped.token.id,
            name: skipped.token.name,
            step,
            successor_id: None,
            successor_name: None,
            expiration_date: None,
            file: None,
            old: "kept",
        }
    }

    /// Returns whether the token is not replaced.
    pub(crate) fn is_skipped(&self) -> bool {
        self.successor_name.is_none()
    }

    /// Returns the line of a row where no table is printed.
    pub(crate) fn line(&self) -> String {
        format!(
            "token {} is not replaced: {}",
            self.token_id,
            self.step.word()
        )
    }
}

impl Record for Row {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOKEN", |row| Some(row.token_id.to_string())),
        Column::text("NAME", |row| row.name.clone()),
        Column::state("STEP", |row| Some(row.step.word().to_owned())),
        Column::text("SUCCESSOR", |row| {
            row.successor_id.as_ref().map(ToString::to_string)
        }),
        Column::end("EXPIRES", |row| row.expiration_date),
        Column::state("OLD", |row| Some(row.old.to_owned())),
        Column::text("FILE", |row| {
            row.file.as_ref().map(|it| it.display().to_string())
        }),
        Column::wide(Column::text("SUCCESSOR NAME", |row| {
            row.successor_name.clone()
        })),
    ];
}
