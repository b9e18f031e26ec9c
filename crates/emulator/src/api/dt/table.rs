//! The tables of objects.

use gatelet_models::dt::ActiveGateToken;

use crate::store::table::Table;

/// ActiveGate tokens, all of one environment.
pub(crate) const ACTIVE_GATE_TOKENS: Table<ActiveGateToken> =
    Table::new("dt.activeGateTokens", "dt.activeGateTokens.ids");
