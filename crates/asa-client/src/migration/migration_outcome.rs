//! What a migration has done with a setup token.

use gatelet_models::asa::GatewaySetupTokenId;
use gatelet_transport::{Applied, Error};

use crate::migration::planned_setup_token::PlannedSetupToken;

/// A setup token of a plan, and what was done.
#[derive(Debug)]
#[non_exhaustive]
pub struct MigratedSetupToken {
    /// What was planned.
    pub planned: PlannedSetupToken,
    /// What was done.
    pub outcome: MigrationOutcome,
}

/// What a migration has done with a setup token.
#[derive(Debug)]
#[non_exhaustive]
pub enum MigrationOutcome {
    /// It was created with this id.
    Created(GatewaySetupTokenId),
    /// The target had this one.
    Present(GatewaySetupTokenId),
    /// Nothing, as planned.
    Skipped,
    /// Nothing: the plan says that the target has it, and the target does not have it any more. Only a new plan creates it.
    NoLongerPresent,
    /// Nothing: the target has this one with the same description, and the response does not say its labels.
    Unclear(GatewaySetupTokenId),
    /// The create failed; [`Error::applied`] says whether it was created all the same.
    Failed(Error),
    /// Nothing: the credential was rejected before.
    NotTried,
}

impl MigrationOutcome {
    /// Returns whether the target has the setup token, or the plan does not ask for it.
    #[must_use]
    pub fn is_as_planned(&self) -> bool {
        matches!(self, Self::Created(_) | Self::Present(_) | Self::Skipped)
    }

    /// Returns whether something was created, or may have been.
    #[must_use]
    pub fn may_have_created(&self) -> bool {
        match self {
            Self::Created(_) => true,
            Self::Failed(error) => error.applied() != Applied::No,
            _ => false,
        }
    }
}
