//! Gateways and their status reports.

use gatelet_models::asa::{Gateway, GatewayList, GatewayStatusReport, GatewayUpdate};
use redb::WriteTransaction;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::page;
use crate::api::asa::table::{GATEWAYS, STATUS_REPORTS};
use crate::api::asa::team::team;
use crate::api::asa::validation::{check_description, check_name};
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::Encoded;
use crate::store::table::Table;

/// Fields that ASA sends as `null` when they have no value.
const NULLS: &[&str] = &[
    "access_address",
    "cloud_provider",
    "default_address",
    "description",
    "labels",
];

pub(crate) fn list(call: &ServerCall<'_>) -> Result<LinkedPage<GatewayList>, ErrorResponse> {
    let contains = call
        .query("contains")
        .filter(|contains| !contains.is_empty());
    page::list(call, &GATEWAYS, |row: &Encoded<Gateway>| match &contains {
        None => true,
        Some(contains) => row
            .decode()
            .is_ok_and(|gateway| gateway.name.contains(contains)),
    })
}

pub(crate) fn get(call: &ServerCall<'_>, id: &str) -> Result<Encoded<Gateway>, ErrorResponse> {
    find(call, &GATEWAYS, id)
}

pub(crate) fn status(
    call: &ServerCall<'_>,
    id: &str,
) -> Result<Encoded<GatewayStatusReport>, ErrorResponse> {
    find(call, &STATUS_REPORTS, id)
}

fn find<T>(call: &ServerCall<'_>, table: &Table<T>, id: &str) -> Result<Encoded<T>, ErrorResponse> {
    let team = team(call);
    let store = call.state.store();
    let object = store.read(|transaction| table.get(transaction, &team, id))?;
    object.ok_or_else(ErrorResponse::not_found)
}

pub(crate) fn update(
    call: &ServerCall<'_>,
    id: &str,
    update: GatewayUpdate,
) -> Result<(), ErrorResponse> {
    check_name(&update.name).map_err(|message| ErrorResponse::invalid("name", message))?;
    check_description(update.description.as_option().map(String::as_str))
        .map_err(|message| ErrorResponse::invalid("description", message))?;
    if let Some(member) = update.inexact_member() {
        let message = "contains a number that cannot be stored exactly";
        return Err(ErrorResponse::invalid(member, message));
    }
    let team = team(call);
    call.state.store().write(|transaction| {
        let stored = GATEWAYS.get_for_update(transaction, &team, id)?;
        let mut gateway = stored.ok_or_else(ErrorResponse::not_found)?.decode()?;
        replace(&mut gateway, update);
        let json = Encoded::with_nulls(&gateway, NULLS)?;
        GATEWAYS.replace(transaction, &team, id, &json)?;
        Ok(())
    })
}

/// Applies a PUT: absent members become null or false, absent undescribed members are removed, and read-only members (id,
/// cloud provider, last seen) are kept.
fn replace(gateway: &mut Gateway, update: GatewayUpdate) {
    gateway.labels = update.labels.as_option().cloned();
    gateway.description = update.description.as_option().cloned();
    gateway.access_address = update.access_address.as_option().cloned();
    gateway.default_address = update.default_address.as_option().cloned();
    gateway.infrastructure_orchestrator = update.infrastructure_orchestrator.as_option().cloned();
    gateway.unknown_members = update.unknown_members;
    for read_only in ["id", "cloud_provider", "last_seen"] {
        gateway.unknown_members.remove(read_only);
    }
    gateway.refuse_connections = update.refuse_connections.unwrap_or(false);
    gateway.name = update.name;
}

pub(crate) fn delete(call: &ServerCall<'_>, id: &str) -> Result<(), ErrorResponse> {
    let team = team(call);
    call.state.store().remove(|transaction| {
        if !GATEWAYS.remove(transaction, &team, id)? {
            return Err(ErrorResponse::not_found());
        }
        STATUS_REPORTS.remove(transaction, &team, id)?;
        Ok(())
    })
}

/// Adds a gateway with its status report to a team.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    gateway: &Gateway,
    report: &GatewayStatusReport,
) -> Result<(), Error> {
    let id = gateway.id.as_str();
    let json = Encoded::with_nulls(gateway, NULLS)?;
    GATEWAYS.insert(transaction, team, id, &json)?;
    STATUS_REPORTS.insert(transaction, team, id, &Encoded::new(report)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_put_replaces_writable_members_only() {
        let mut gateway = Gateway::new("id", "old", true);
        gateway.description = Some("old".to_owned());
        gateway.access_address = Some("10.0.0.1".to_owned());
        gateway.cloud_provider = Some("aws".into());
        let update = GatewayUpdate::new("new").with_description("new".to_owned());
        replace(&mut gateway, update);
        assert_eq!((gateway.id.as_str(), gateway.name.as_str()), ("id", "new"));
        assert_eq!(gateway.description.as_deref(), Some("new"));
        assert_eq!(gateway.access_address, None);
        assert_eq!(gateway.cloud_provider, Some("aws".into()));
        assert!(!gateway.refuse_connections);
    }
}
