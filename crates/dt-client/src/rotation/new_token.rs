//! A successor that was created and not yet checked.

use std::time::SystemTime;

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateTokenCreated, Expiration};
use gatelet_transport::{Clock as _, Deleted, Error};

use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::rotation::check_successor_error::CheckSuccessorError;
use crate::rotation::create_successor_error::CreateSuccessorError;
use crate::rotation::replaced_token::ReplacedToken;
use crate::rotation::rotation_plan::PlannedSuccessor;

/// A successor that was created. Store [`created`](Self::created)`().token` first: no response shows it again.
#[derive(Clone, Debug)]
#[must_use = "the secret is lost unless it is stored"]
pub struct NewToken {
    tokens: ActiveGateTokens,
    planned: PlannedSuccessor,
    created: ActiveGateTokenCreated,
    /// When it was created, by the local clock.
    since: SystemTime,
}

impl ActiveGateTokens {
    /// Creates a successor. The request is not repeated after an unclear outcome. Needs the scope of [`create`](Self::create).
    ///
    /// # Errors
    ///
    /// [`CreateSuccessorError`], which says whether a token may exist, and finds it.
    pub async fn create_successor(
        &self,
        planned: &PlannedSuccessor,
    ) -> Result<NewToken, CreateSuccessorError> {
        let since = self.client.channel().clock().now();
        let (tokens, planned) = (self.clone(), planned.clone());
        match self.create(planned.create.clone()).send().await {
            Ok(created) => Ok(NewToken {
                tokens,
                planned,
                created,
                since,
            }),
            Err(error) => Err(CreateSuccessorError::new(error, tokens, planned, since)),
        }
    }
}

impl NewToken {
    /// Returns the token with its secret, as the API sent it.
    pub fn created(&self) -> &ActiveGateTokenCreated {
        &self.created
    }

    /// Returns what was planned.
    pub fn planned(&self) -> &PlannedSuccessor {
        &self.planned
    }

    /// Deletes the successor again, if its secret could not be stored. The old token stays as it is.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the server gave the successor the id of the old token; otherwise those of every call.
    pub async fn delete(&self) -> Result<Deleted, Error> {
        let Self {
            tokens,
            planned,
            created,
            ..
        } = self;
        if created.id == planned.old.id {
            let problem = "is the id of the old token, which the server gave its successor";
            return Err(Error::invalid_input("id", problem));
        }
        let delete = tokens.delete(&created.id);
        delete.with_secret(created.token.expose()).send().await
    }

    /// Reads the successor, and compares its name and its end with what was planned. Needs the scope of
    /// [`get`](ActiveGateTokens::get).
    ///
    /// # Errors
    ///
    /// [`CheckSuccessorError`]. The successor stays, and so does the old token.
    pub async fn check(&self) -> Result<ReplacedToken, CheckSuccessorError> {
        let Self {
            tokens,
            planned,
            created,
            ..
        } = self;
        if created.id == planned.old.id {
            return Err(CheckSuccessorError::OldId);
        }
        let read = tokens.get(&created.id).with_secret(created.token.expose());
        let successor = read.send().await.map_err(CheckSuccessorError::Read)?;
        // The API may not show a name.
        let name = successor.name.as_ref();
        if let Some(other) = name.filter(|name| **name != planned.create.name) {
            return Err(CheckSuccessorError::OtherName(other.clone()));
        }
        let shown = successor.expiration_date.filter(|end| !end.is_unset());
        if let Some(expected) = self.end()
            && shown.is_none_or(|shown| !is_close(shown, expected))
        {
            return Err(CheckSuccessorError::OtherEnd { expected, shown });
        }
        Ok(ReplacedToken::new(
            tokens.clone(),
            planned.old.clone(),
            successor,
        ))
    }

    /// Returns when the successor ends, as its creation says, or else as it was planned.
    fn end(&self) -> Option<Timestamp> {
        let said = self.created.expiration_date.value().ok().flatten().copied();
        let planned = self.planned.create.expiration_date.as_deref();
        said.filter(|end| !end.is_unset()).or_else(|| {
            let planned: Expiration = planned?.parse().ok()?;
            planned.instant(self.since.into())
        })
    }
}

/// The most that an end may differ, by the clocks of server and client.
const TOLERANCE_MILLIS: u64 = 10 * 60 * 1000;

/// Returns whether two ends differ by no more than clocks do.
fn is_close(shown: Timestamp, expected: Timestamp) -> bool {
    let (shown, expected) = (shown.unix_millis(), expected.unix_millis());
    shown.abs_diff(expected) <= TOLERANCE_MILLIS
}
