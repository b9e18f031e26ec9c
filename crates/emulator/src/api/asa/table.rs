//! The tables of objects.

use gatelet_models::asa::{
    EnrollmentToken, Gateway, GatewaySetupToken, GatewayStatusReport, Project, ResourceGroup,
    ServiceUser, ServiceUserKey,
};
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
    Table::new("asa.status_reports", "asa.status_reports.ids");
/// Service users, by team and name: the name of a deleted one stays taken.
pub(crate) const SERVICE_USERS: Table<ServiceUser> = Table::new("asa.users", "asa.users.names");
/// Projects, by team; those of resource groups, too.
pub(crate) const PROJECTS: Table<Project> = Table::new("asa.projects", "asa.projects.ids");
/// The keys of service users, by team and name as in `team/name`, without their secrets.
pub(crate) const KEYS: Table<ServiceUserKey> = Table::new("asa.keys", "asa.keys.ids");
/// Server enrollment tokens without their values, by team and project.
pub(crate) const ENROLLMENT_TOKENS: Table<EnrollmentToken> =
    Table::new("asa.enrollment_tokens", "asa.enrollment_tokens.ids");
/// Resource groups, by team.
pub(crate) const RESOURCE_GROUPS: Table<ResourceGroup> =
    Table::new(NEWEST, "asa.resource_groups.ids");

/// The newest of the tables.
pub(crate) const NEWEST: &str = "asa.resource_groups";

pub(crate) fn create_all(transaction: &WriteTransaction) -> Result<(), Error> {
    SETUP_TOKENS.create(transaction)?;
    GATEWAYS.create(transaction)?;
    STATUS_REPORTS.create(transaction)?;
    SERVICE_USERS.create(transaction)?;
    PROJECTS.create(transaction)?;
    KEYS.create(transaction)?;
    ENROLLMENT_TOKENS.create(transaction)?;
    RESOURCE_GROUPS.create(transaction)
}
