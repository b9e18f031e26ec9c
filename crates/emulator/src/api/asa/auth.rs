//! Authorization: a valid bearer of the path's team, with a role that allows the operation.

use gatelet_models::{Method, Operation};
use redb::ReadTransaction;

use crate::api::asa::bearer::Bearer;
use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::role::Role;
use crate::api::asa::team::team;
use crate::api::asa::{bearer, credential, service_user};
use crate::api::server_call;
use crate::api::server_call::ServerCall;

/// Returns the subject of the call's bearer; `None` if the operation needs no bearer.
pub(crate) fn authorize(call: &ServerCall<'_>) -> Result<Option<Bearer>, ErrorResponse> {
    if !call.operation.authenticated {
        return Ok(None);
    }
    let team = team(call);
    let presented = server_call::authorization(call.head, "Bearer")
        .ok_or_else(ErrorResponse::unauthenticated)?;
    let store = call.state.store();
    let bearer = bearer::verify(store.key(), presented, call.state.now())
        .filter(|bearer| bearer.team == team)
        .ok_or_else(ErrorResponse::unauthenticated)?;
    let role = store.read(|transaction| current_role(transaction, &bearer))?;
    let is_allowed = |role: Role| {
        role == Role::AccessAdmin || call.operation.permissions.contains(&role.as_str())
    };
    if call.operation.permissions.is_empty() || role.is_some_and(is_allowed) {
        Ok(Some(bearer))
    } else {
        let capability = capability(call.operation);
        Err(ErrorResponse::missing_capability(&capability))
    }
}

/// Returns the role that the service user has now, not when the bearer was issued. Its key must still exist, and it must be
/// active.
fn current_role(
    transaction: &ReadTransaction,
    bearer: &Bearer,
) -> Result<Option<Role>, ErrorResponse> {
    let Bearer {
        team,
        user_name,
        key_id,
    } = bearer;
    if !credential::exists(transaction, team, key_id)? {
        return Err(ErrorResponse::unauthenticated());
    }
    service_user::find_active(transaction, team, user_name)?;
    Ok(service_user::role(transaction, team, user_name)?)
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
