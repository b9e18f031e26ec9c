//! A migration whose target was read.

use std::collections::VecDeque;

use gatelet_models::asa::{GatewaySetupToken, GatewaySetupTokenCreate};
use gatelet_transport::{Error, ErrorKind};

use crate::generated::gateway_setup_tokens::GatewaySetupTokens;
use crate::migration::inventory::{Counterpart, Inventory};
use crate::migration::migration_outcome::{MigratedSetupToken, MigrationOutcome};
use crate::migration::planned_setup_token::{PlannedAction, PlannedSetupToken};

/// A migration whose target was read, so that it is known what is to be created. It creates one setup token at a time.
#[derive(Debug)]
pub struct PreparedMigration {
    target: GatewaySetupTokens,
    steps: VecDeque<(PlannedSetupToken, Step)>,
    is_rejected: bool,
}

#[derive(Debug)]
enum Step {
    Create,
    Nothing(MigrationOutcome),
}

impl GatewaySetupTokens {
    /// Reads all setup tokens of the team.
    ///
    /// # Errors
    ///
    /// Those of [`list`](Self::list). A list that ends before its total count is an error too, `Pagination(Incomplete)`, if the response has one.
    pub async fn read_all(&self) -> Result<Vec<GatewaySetupToken>, Error> {
        let mut list = self.list().require_complete().items();
        let mut tokens = Vec::new();
        while let Some(token) = list.try_next().await? {
            tokens.push(token);
        }
        Ok(tokens)
    }

    /// Reads all setup tokens of this team, the target, and finds out which of a plan are still to be created.
    ///
    /// Only those are created whose planned action is [`Create`](PlannedAction::Create) and that this team does not have. Nothing is deleted
    /// or changed. A second run with the same plan finds what the first has created, also if its outcome was unclear.
    ///
    /// # Errors
    ///
    /// Those of [`read_all`](Self::read_all).
    ///
    /// ```
    /// # use asa_client::{Client, ServiceUser};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let opa = Client::builder(well_known::ASA_TEAM)
    /// #     .credentials(ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET))
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// # let asa = opa.clone();
    /// use asa_client::plan_migration;
    ///
    /// let target = opa.gateway_setup_tokens();
    /// let source = asa.gateway_setup_tokens().read_all().await?;
    /// let plan = plan_migration(&source, &target.read_all().await?);
    /// // Once someone has reviewed the plan:
    /// let mut migration = target.prepare_migration(plan).await?;
    /// while let Some(migrated) = migration.next().await {
    ///     println!("{}: {:?}", migrated.planned.source_id, migrated.outcome);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare_migration(
        &self,
        plan: Vec<PlannedSetupToken>,
    ) -> Result<PreparedMigration, Error> {
        let present = self.read_all().await?;
        Ok(PreparedMigration {
            target: self.clone(),
            steps: steps(plan, &present),
            is_rejected: false,
        })
    }
}

impl PreparedMigration {
    /// Returns how many setup tokens are still to be created.
    #[must_use]
    pub fn remaining(&self) -> usize {
        let steps = self.steps.iter();
        steps
            .filter(|(_, step)| matches!(step, Step::Create))
            .count()
    }

    /// Takes the next setup token of the plan, and creates it if it is to be created; `None` after the last one.
    ///
    /// A failed create is an outcome, and the next call goes on with the next setup token. One whose outcome is unclear is not repeated. After
    /// a rejected credential nothing more is sent.
    pub async fn next(&mut self) -> Option<MigratedSetupToken> {
        // It is taken before it is created, so that it is not created again if this future is dropped.
        let (planned, step) = self.steps.pop_front()?;
        let outcome = match step {
            Step::Nothing(outcome) => outcome,
            Step::Create if self.is_rejected => MigrationOutcome::NotTried,
            Step::Create => self.create(&planned).await,
        };
        Some(MigratedSetupToken { planned, outcome })
    }

    async fn create(&mut self, planned: &PlannedSetupToken) -> MigrationOutcome {
        let mut body = GatewaySetupTokenCreate::new();
        if !planned.labels.is_empty() {
            body = body.with_labels(&planned.labels);
        }
        body.description.clone_from(&planned.description);
        match self.target.create(body).send().await {
            Ok(created) => MigrationOutcome::Created(created.id),
            Err(error) => {
                self.is_rejected = matches!(error.kind(), ErrorKind::Credential(_));
                MigrationOutcome::Failed(error)
            }
        }
    }
}

/// Decides what to do with each setup token of a plan. Those that the plan has as present take their counterparts first: none of them is created.
fn steps(
    plan: Vec<PlannedSetupToken>,
    present: &[GatewaySetupToken],
) -> VecDeque<(PlannedSetupToken, Step)> {
    let mut outcomes: Vec<Option<Step>> = Vec::new();
    let mut inventory = Inventory::new(present);
    for planned in &plan {
        outcomes.push(match &planned.action {
            PlannedAction::Create => None,
            PlannedAction::Skip(_) => Some(Step::Nothing(MigrationOutcome::Skipped)),
            PlannedAction::Present(_) => Some(Step::Nothing(
                match inventory.take(planned.description.as_deref(), &planned.labels) {
                    Counterpart::Found(id) => MigrationOutcome::Present(id),
                    Counterpart::Unclear(id) => MigrationOutcome::Unclear(id),
                    Counterpart::Absent => MigrationOutcome::NoLongerPresent,
                },
            )),
        });
    }
    for (planned, outcome) in plan.iter().zip(&mut outcomes) {
        outcome.get_or_insert_with(|| {
            match inventory.take(planned.description.as_deref(), &planned.labels) {
                Counterpart::Found(id) => Step::Nothing(MigrationOutcome::Present(id)),
                Counterpart::Unclear(id) => Step::Nothing(MigrationOutcome::Unclear(id)),
                Counterpart::Absent => Step::Create,
            }
        });
    }
    drop(inventory);
    let steps = outcomes.into_iter().flatten();
    plan.into_iter().zip(steps).collect()
}
