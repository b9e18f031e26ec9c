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
/// Okta publishes no list of them: the last object of the path counts, and its last word or the method says the rest.
fn capability(operation: &Operation) -> String {
    let mut words = operation.path.rsplit('/');
    let last = words.next().unwrap_or_default();
    let is_id = |word: &str| word.starts_with('{');
    let (action, object) = match (last, operation.method) {
        ("token", _) => ("reveal", words.find(|word| !is_id(word))),
        ("status", _) => ("status", words.find(|word| !is_id(word))),
        (id, method) if is_id(id) => {
            let action = match method {
                Method::Get => "read",
                Method::Delete => "delete",
                _ => "update",
            };
            (action, words.next())
        }
        (objects, Method::Get) => ("list", Some(objects)),
        (objects, _) => ("create", Some(objects)),
    };
    format!("{}.{action}", object.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use gatelet_models::asa::OperationId;

    use super::capability;

    #[test]
    fn a_capability_names_the_last_object_of_the_path() {
        for (id, expected) in [
            (OperationId::ListGateways, "gateways.list"),
            (OperationId::GetGatewayStatusReport, "gateways.status"),
            (
                OperationId::FetchGatewaySetupTokenAsAgentToken,
                "gateway_setup_tokens.reveal",
            ),
            (OperationId::FetchProject, "projects.read"),
            (
                OperationId::ListServerEnrollmentTokens,
                "server_enrollment_tokens.list",
            ),
            (
                OperationId::FetchServerEnrollmentToken,
                "server_enrollment_tokens.read",
            ),
            (
                OperationId::CreateServerEnrollmentToken,
                "server_enrollment_tokens.create",
            ),
            (OperationId::ListResourceGroups, "resource_groups.list"),
            (OperationId::FetchResourceGroupProject, "projects.read"),
            (
                OperationId::RemoveResourceGroupProjectServerEnrollmentToken,
                "server_enrollment_tokens.delete",
            ),
            (OperationId::ServiceUserUpdate, "service_users.update"),
            (OperationId::RotateServiceUserKey, "keys.create"),
        ] {
            assert_eq!(capability(id.operation()), expected);
        }
    }
}
