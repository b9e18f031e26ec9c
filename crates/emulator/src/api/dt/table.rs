//! The tables of objects.

use gatelet_models::dt::{ActiveGate, ActiveGateToken, UpdateJob};
use redb::WriteTransaction;

use crate::error::Error;
use crate::store::table::Table;

/// ActiveGate tokens, all of one environment.
pub(crate) const ACTIVE_GATE_TOKENS: Table<ActiveGateToken> =
    Table::new("dt.activeGateTokens", "dt.activeGateTokens.ids");

/// ActiveGates, all of one environment.
pub(crate) const ACTIVE_GATES: Table<ActiveGate> =
    Table::new("dt.activeGates", "dt.activeGates.ids");

/// Update jobs, by the id of their ActiveGate. The timestamp of a stored job is when it was created.
pub(crate) const UPDATE_JOBS: Table<UpdateJob> = Table::new("dt.updateJobs", "dt.updateJobs.ids");

/// Creates the tables that do not exist.
pub(crate) fn create_all(transaction: &WriteTransaction) -> Result<(), Error> {
    ACTIVE_GATE_TOKENS.create(transaction)?;
    ACTIVE_GATES.create(transaction)?;
    UPDATE_JOBS.create(transaction)
}
