//! The migration of gateway setup tokens from one team to another.

mod inventory;
mod migration_outcome;
mod planned_setup_token;
mod prepared_migration;

pub use migration_outcome::{MigratedSetupToken, MigrationOutcome};
pub use planned_setup_token::{PlannedAction, PlannedSetupToken, SkipReason, plan_migration};
pub use prepared_migration::PreparedMigration;
