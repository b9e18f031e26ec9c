//! The tables of objects.

use gatelet_models::asa::{Gateway, GatewaySetupToken, GatewayStatusReport};
use redb::WriteTransaction;

use crate::error::Error;
use crate::store::table::Table;

/// Gateway setup tokens, by team.
pub(crate) const SETUP_TOKENS: Table<GatewaySetupToken> =
    Table::new("asa.gateway_setup_tokens", "asa.gateway_setup_tokens.ids");
/// Gateways, by team.
pub(crate) const GATEWAYS: Table<Gateway> = Table::new("asa.gateways", "asa.gateways.ids");
/// The status reports of gateways, by team and gateway id.
pub(crate) const STATUS_REPORTS: Table<GatewayStatusReport> =
    Table::new(NEWEST, "asa.status_reports.ids");

/// The newest of the tables.
pub(crate) const NEWEST: &str = "asa.status_reports";

pub(crate) fn create_all(transaction: &WriteTransaction) -> Result<(), Error> {
    SETUP_TOKENS.create(transaction)?;
    GATEWAYS.create(transaction)?;
    STATUS_REPORTS.create(transaction)
}
