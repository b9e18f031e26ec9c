//! Authorization: a valid bearer of the path's team, with a role that allows the operation.

use gatelet_models::asa::OperationId;

use crate::api::server_call;
use crate::api::server_call::ServerCall;
use crate::store::credential;

use crate::api::asa::bearer;
use crate::api::asa::error_response::ErrorResponse;

pub(crate) fn authorize(id: OperationId, call: &ServerCall) -> Result<(), ErrorResponse> {
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
    let role = store.read(|transaction| credential::role(transaction, &team, &bearer.key_id))?;
    let role = role.ok_or_else(ErrorResponse::unauthenticated)?;
    if call.operation.permissions.contains(&role.as_str()) {
        Ok(())
    } else {
        Err(ErrorResponse::missing_capability(capability(id)))
    }
}

/// Returns the name of an operation's capability, as in ASA's error messages.
fn capability(id: OperationId) -> &'static str {
    match id {
        OperationId::ListGatewaySetupTokens => "gateway_setup_tokens.list",
        OperationId::CreateGatewaySetupToken => "gateway_setup_tokens.create",
        OperationId::FetchGatewaySetupToken => "gateway_setup_tokens.read",
        OperationId::DeleteGatewaySetupToken => "gateway_setup_tokens.delete",
        OperationId::FetchGatewaySetupTokenAsAgentToken => "gateway_setup_tokens.reveal",
        OperationId::ListGateways => "gateways.list",
        OperationId::GetGatewayInstance => "gateways.read",
        OperationId::UpdateGatewayInstance => "gateways.update",
        OperationId::DeleteGatewayInstance => "gateways.delete",
        OperationId::GetGatewayStatusReport => "gateways.status",
        OperationId::IssueServiceToken => "service_token.issue",
    }
}

/// Returns the team's key in the store: team names are case-insensitive.
pub(crate) fn team(call: &ServerCall) -> String {
    call.value(0).to_lowercase()
}
