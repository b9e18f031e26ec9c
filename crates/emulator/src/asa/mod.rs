//! Okta Advanced Server Access.

mod auth;
mod bearer;
mod error_response;
mod gateway;
mod page;
mod setup_token;

use bytes::Bytes;
pub(crate) use gatelet_models::asa::OperationId;
use http::Response;

use crate::response;
use crate::server_call::ServerCall;
pub(crate) use error_response::ErrorResponse;
pub(crate) use gateway::{check_description, check_name, insert as insert_gateway};
pub(crate) use setup_token::{find_by_value as find_setup_token, insert as insert_setup_token};

const CONTENT_TYPE: &str = "application/json";

/// Answers one call. The match is exhaustive: an operation without a handler does not compile.
pub(crate) fn handle(id: OperationId, call: &ServerCall) -> Response<Bytes> {
    let answer = auth::authorize(id, call).and_then(|()| match id {
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
    answer.unwrap_or_else(ErrorResponse::into_response)
}

/// The answer to a call that went well, with this JSON.
fn success(call: &ServerCall, json: Vec<u8>) -> Response<Bytes> {
    response::json(call.operation.success, CONTENT_TYPE, json)
}

/// The team as the store knows it: the case of a team's name makes no difference.
fn team(call: &ServerCall) -> String {
    call.value(0).to_lowercase()
}
