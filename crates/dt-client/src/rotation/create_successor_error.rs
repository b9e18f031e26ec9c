//! Why there is no successor in hand.

use std::fmt;
use std::time::{Duration, SystemTime};

use gatelet_models::dt::ActiveGateTokenId;
use gatelet_transport::{Applied, Error};

use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::rotation::rotation_plan::PlannedSuccessor;

/// How far the server's clock may be behind: no other token has the name, so that the time is of little use.
const LARGEST_SKEW: Duration = Duration::from_secs(24 * 60 * 60);

/// The failure to create a successor.
#[derive(Debug)]
pub struct CreateSuccessorError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    error: Error,
    tokens: ActiveGateTokens,
    planned: PlannedSuccessor,
    since: SystemTime,
}

impl CreateSuccessorError {
    pub(crate) fn new(
        error: Error,
        tokens: ActiveGateTokens,
        planned: PlannedSuccessor,
        since: SystemTime,
    ) -> Self {
        Self(Box::new(Inner {
            error,
            tokens,
            planned,
            since,
        }))
    }

    /// Returns the error of the call.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// Returns whether a token may exist whose secret nobody knows.
    #[must_use]
    pub fn may_have_created(&self) -> bool {
        self.0.error.applied() != Applied::No
    }

    /// Finds the token that may exist, by its name, which no other token has. Its secret is lost, so it is of no use.
    ///
    /// None is no proof that none was created: a server may still be at work on a request whose response did not arrive, and a token
    /// whose name the API does not show is not found.
    ///
    /// # Errors
    ///
    /// Those of [`find_lost`](ActiveGateTokens::find_lost).
    pub async fn find_lost(&self) -> Result<Vec<ActiveGateTokenId>, Error> {
        if !self.may_have_created() {
            return Ok(Vec::new());
        }
        let Inner {
            tokens,
            planned,
            since,
            ..
        } = &*self.0;
        let since = since.checked_sub(LARGEST_SKEW).unwrap_or(*since);
        let mut found = tokens.find_lost(&planned.create, since).await?;
        found.retain(|token| token.id != planned.old.id);
        Ok(found.into_iter().map(|token| token.id).collect())
    }
}

impl fmt::Display for CreateSuccessorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl std::error::Error for CreateSuccessorError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0.error)
    }
}
