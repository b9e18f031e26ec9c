//! Which tokens would be deleted.

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenId};
use gatelet_transport::{Clock as _, Error};

use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::prune::prune_rules::{PruneKept, PruneReason, PruneRules};
use crate::token_audit::TokenAudit;

/// Which tokens would be deleted. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PrunePlan {
    /// The tokens that may be deleted, in the order of the API's list.
    pub candidates: Vec<PruneCandidate>,
    /// The others.
    pub kept: Vec<KeptToken>,
    /// How many ActiveGates do not say which tokens they have, as in [`TokenAudit::unreported`]. If there are any, no token may be deleted
    /// unless the [rules](PruneRules::with_unreported) say otherwise.
    pub unreported: usize,
}

/// A token that may be deleted, as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PruneCandidate {
    /// The id of the token.
    pub id: ActiveGateTokenId,
    /// The name of the token.
    pub name: Option<String>,
    /// When it was created.
    pub creation_date: Timestamp,
    /// When it was last used.
    pub last_used_date: Option<Timestamp>,
    /// Why it may be deleted.
    pub reason: PruneReason,
}

impl PruneCandidate {
    /// Creates a candidate of a plan that was stored.
    #[must_use]
    pub fn new(
        id: impl Into<ActiveGateTokenId>,
        name: Option<String>,
        creation_date: Timestamp,
        reason: PruneReason,
    ) -> Self {
        Self {
            id: id.into(),
            name,
            creation_date,
            last_used_date: None,
            reason,
        }
    }
}

/// A token that is kept.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct KeptToken {
    /// The token.
    pub token: ActiveGateToken,
    /// Why it is kept.
    pub reason: PruneKept,
}

impl ActiveGateTokens {
    /// Lists tokens and ActiveGates, and finds the tokens that may be deleted by rules. Nothing changes. Needs the scopes of
    /// [`audit`](Self::audit).
    ///
    /// That a token may be deleted is no proof that nobody needs it: an ActiveGate that has been offline for more than two hours is not in
    /// the API's list, and needs its token when it starts again. Review the plan before [`Pruning`](crate::Pruning) applies it.
    ///
    /// # Errors
    ///
    /// Those of [`audit`](Self::audit). An unreadable ActiveGate or token is one of them, so that none is overlooked.
    ///
    /// ```
    /// # use dt_client::{ApiToken, Client};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let dt = Client::builder("https://abc.live.dynatrace.com")
    /// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// use std::time::Duration;
    ///
    /// use dt_client::{PruneOutcome, PruneRules};
    ///
    /// let tokens = dt.active_gate_tokens();
    /// let rules = PruneRules::unused_for(Duration::from_secs(90 * 24 * 60 * 60));
    /// let plan = tokens.plan_prune(&rules).await?;
    /// // Review the candidates here.
    /// let mut pruning = tokens.prune(rules);
    /// for candidate in &plan.candidates {
    ///     match pruning.delete(candidate).await? {
    ///         PruneOutcome::Kept(reason) => println!("{} is kept: {reason}", candidate.id),
    ///         _ => println!("{} is deleted", candidate.id),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn plan_prune(&self, rules: &PruneRules) -> Result<PrunePlan, Error> {
        let audit = self.audit(rules.unused()).await?;
        let now = Timestamp::from(self.client.channel().clock().now());
        Ok(plan(audit, rules, now))
    }
}

/// Makes the plan.
fn plan(audit: TokenAudit, rules: &PruneRules, now: Timestamp) -> PrunePlan {
    let mut plan = PrunePlan {
        candidates: Vec::new(),
        kept: Vec::new(),
        unreported: audit.unreported,
    };
    for audited in audit.tokens {
        let (token, users) = (audited.token, audited.active_gates.len());
        match rules.judge(&token, users, audit.unreported, now) {
            Ok(reason) => plan.candidates.push(PruneCandidate {
                id: token.id,
                name: token.name,
                creation_date: token.creation_date,
                last_used_date: token.last_used_date,
                reason,
            }),
            Err(reason) => plan.kept.push(KeptToken { token, reason }),
        }
    }
    plan
}
