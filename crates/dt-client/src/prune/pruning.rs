//! The application of a plan.

use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGate, ActiveGateToken};
use gatelet_transport::{Clock as _, Deleted, Error};

use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::generated::active_gates::ActiveGates;
use crate::prune::prune_plan::PruneCandidate;
use crate::prune::prune_rules::{PruneKept, PruneRules};
use crate::token_users::{may_hide, shows};

/// How long a list of ActiveGates counts, so that many deletions do not each request a list of megabytes.
const LIST_AGE: Duration = Duration::from_secs(30);

/// The application of a plan: looks at each token again before it is deleted.
#[derive(Clone, Debug)]
pub struct Pruning {
    tokens: ActiveGateTokens,
    rules: PruneRules,
    /// The ActiveGates, and when they were listed.
    gates: Option<(Timestamp, Vec<ActiveGate>)>,
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PruneOutcome {
    /// It was deleted.
    Deleted(Deleted),
    /// It was gone already, as in a second run.
    AlreadyGone,
    /// It is kept. Nothing was sent to delete it.
    Kept(PruneKept),
}

impl ActiveGateTokens {
    /// Starts to apply a plan that was made by the same rules. Nothing is sent before [`Pruning::delete`].
    #[must_use]
    pub fn prune(&self, rules: PruneRules) -> Pruning {
        Pruning {
            tokens: self.clone(),
            rules,
            gates: None,
        }
    }
}

impl Pruning {
    /// Reads a token again, and returns what else than its deletion would become of it; `None` if the rules still allow that, and it
    /// still has the same name and creation date.
    ///
    /// The list of ActiveGates is read again after 30 seconds.
    ///
    /// # Errors
    ///
    /// Those of [`ActiveGates::list`] and [`ActiveGateTokens::get`].
    pub async fn check(
        &mut self,
        candidate: &PruneCandidate,
    ) -> Result<Option<PruneOutcome>, Error> {
        let now = Timestamp::from(self.tokens.client.channel().clock().now());
        let gates = self.gates(now).await?;
        let id = &candidate.id;
        let users = gates.iter().filter(|gate| shows(gate, id)).count();
        let unreported = gates
            .iter()
            .filter(|gate| !shows(gate, id) && may_hide(gate, id))
            .count();
        // Read after the list, so that a use between the two calls is in it.
        let token = match self.tokens.get(id).send().await {
            Ok(token) => token,
            Err(error) if error.is_not_found() => return Ok(Some(PruneOutcome::AlreadyGone)),
            Err(error) => return Err(error),
        };
        if !is_same(&token, candidate) {
            return Ok(Some(PruneOutcome::Kept(PruneKept::Changed)));
        }
        let judged = self.rules.judge(&token, users, unreported, now);
        Ok(judged.err().map(PruneOutcome::Kept))
    }

    /// Deletes a token if [`check`](Self::check) still allows it.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check) and of [`ActiveGateTokens::delete`].
    pub async fn delete(&mut self, candidate: &PruneCandidate) -> Result<PruneOutcome, Error> {
        if let Some(other) = self.check(candidate).await? {
            return Ok(other);
        }
        match self.tokens.delete(&candidate.id).send().await {
            Ok(deleted) => Ok(PruneOutcome::Deleted(deleted)),
            Err(error) if error.is_not_found() => Ok(PruneOutcome::AlreadyGone),
            Err(error) => Err(error),
        }
    }

    /// Returns the ActiveGates, listed not long ago.
    async fn gates(&mut self, now: Timestamp) -> Result<&[ActiveGate], Error> {
        let is_fresh = |at: Timestamp| now.saturating_duration_since(at) <= LIST_AGE && at <= now;
        let fresh = self.gates.take().filter(|(at, _)| is_fresh(*at));
        let listed = match fresh {
            Some(listed) => listed,
            None => {
                let list = ActiveGates::new(&self.tokens.client).list().send().await?;
                (now, list.active_gates)
            }
        };
        let (_, gates) = self.gates.insert(listed);
        Ok(gates)
    }
}

/// Returns whether a token is the one of the plan.
fn is_same(token: &ActiveGateToken, candidate: &PruneCandidate) -> bool {
    token.name == candidate.name && token.creation_date == candidate.creation_date
}
