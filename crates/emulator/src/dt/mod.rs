//! Dynatrace's environment API v2.

mod auth;
mod error_response;
mod token;

use bytes::Bytes;
pub(crate) use gatelet_models::dt::OperationId;
use http::Response;

use crate::response;
use crate::server_call::ServerCall;
pub(crate) use error_response::ErrorResponse;
pub(crate) use token::insert as insert_token;

const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// Answers one call. The match is exhaustive: an operation without a handler does not compile.
pub(crate) fn handle(id: OperationId, call: &ServerCall) -> Response<Bytes> {
    let answer = auth::authorize(call).and_then(|caller| match id {
        OperationId::ListTokens => token::list(call),
        OperationId::CreateToken => token::create(call, &caller),
        OperationId::GetToken => token::get(call),
        OperationId::RevokeToken => token::revoke(call),
    });
    answer.unwrap_or_else(ErrorResponse::into_response)
}

/// The answer to a call that went well, with this JSON.
fn success(call: &ServerCall, json: Vec<u8>) -> Response<Bytes> {
    response::json(call.operation.success, CONTENT_TYPE, json)
}
