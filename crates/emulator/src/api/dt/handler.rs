//! Routes the operations of Dynatrace to their handlers.

use bytes::Bytes;
use gatelet_models::dt::OperationId;
use http::Response;

use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::{auth, token};
use crate::api::server_call::ServerCall;

/// Handles one call. The match is exhaustive: an operation without a handler does not compile.
pub(crate) fn handle(id: OperationId, call: &ServerCall) -> Response<Bytes> {
    let result = auth::authorize(call).and_then(|caller| match id {
        OperationId::ListTokens => token::list(call),
        OperationId::CreateToken => token::create(call, &caller),
        OperationId::GetToken => token::get(call),
        OperationId::RevokeToken => token::revoke(call),
    });
    result.unwrap_or_else(ErrorResponse::into_response)
}
