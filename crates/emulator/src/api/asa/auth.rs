//! Authorization: a valid bearer of the path's team, with a role that allows the operation.

use gatelet_models::{Method, Operation};

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::role::Role;
use crate::api::asa::{bearer, service_user};
use crate::api::server_call;
use crate::api::server_call::ServerCall;

pub(crate) fn authorize(call: &ServerCall<'_>) -> Result<(), ErrorResponse> {
    if !call.operation.authenticated {
        return Ok(());
    }
    let team = team(call);
    let presented = server_call::authorization(call.head, "Bearer")
        .ok_or_else(ErrorResponse::unauthenticated)?;
    let store = call.state.store();
    let bearer = bearer::verify(store.key(), presented, call.state.now())
        .filter(|bearer| bearer.team == team)
        .ok_or_else(ErrorResponse::unauthenticated)?;
    // The role that the service user has now, not the one when the bearer was issued.
    let role = store.read(|transaction| service_user::role(transaction, &team, &bearer.key_id))?;
    let role = role.ok_or_else(ErrorResponse::unauthenticated)?;
    if role == Role::AccessAdmin || call.operation.permissions.contains(&role.as_str()) {
        Ok(())
    } else {
        let capability = capability(call.operation);
        Err(ErrorResponse::missing_capability(&capability))
    }
}

/// Returns the name of an operation's capability, as in ASA's error messages: `gateways.list`.
///
/// Okta publishes no list of them; the path says the resource, and its last word or the method says the rest.
fn capability(operation: &Operation) -> String {
    let below_team = operation.path.rsplit("{team_name}/").next().unwrap_or("");
    let (resource, rest) = below_team.split_once('/').unwrap_or((below_team, ""));
    let verb = match (rest.rsplit('/').next().unwrap_or(""), operation.method) {
        ("", Method::Get) => "list",
        ("", _) => "create",
        ("token", _) => "reveal",
        (word, _) if !word.starts_with('{') => word,
        (_, Method::Get) => "read",
        (_, Method::Delete) => "delete",
        (_, _) => "update",
    };
    format!("{resource}.{verb}")
}

/// Returns the team's key in the store: team names are case-insensitive.
pub(crate) fn team(call: &ServerCall<'_>) -> String {
    call.value(0).to_lowercase()
}
