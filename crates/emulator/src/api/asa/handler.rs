//! Routes the operations of ASA to their handlers.

use bytes::Bytes;
use gatelet_models::asa::OperationId;
use http::Response;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::{auth, bearer, gateway, setup_token};
use crate::api::server_call::ServerCall;

/// Handles one call. The match is exhaustive: an operation without a handler does not compile.
pub(crate) fn handle(id: OperationId, call: &ServerCall) -> Response<Bytes> {
    let result = auth::authorize(id, call).and_then(|()| match id {
        OperationId::ListGatewaySetupTokens => setup_token::list(call),
        OperationId::CreateGatewaySetupToken => setup_token::create(call),
        OperationId::FetchGatewaySetupToken => setup_token::fetch(call),
        OperationId::DeleteGatewaySetupToken => setup_token::delete(call),
        OperationId::FetchGatewaySetupTokenAsAgentToken => setup_token::reveal(call),
        OperationId::ListGateways => gateway::list(call),
        OperationId::GetGatewayInstance => gateway::get(call),
        OperationId::UpdateGatewayInstance => gateway::update(call),
        OperationId::DeleteGatewayInstance => gateway::delete(call),
        OperationId::GetGatewayStatusReport => gateway::status(call),
        OperationId::IssueServiceToken => bearer::issue(call),
    });
    result.unwrap_or_else(ErrorResponse::into_response)
}
