//! Dynatrace's environment API v2.

mod auth;
mod refusal;
mod token;

use bytes::Bytes;
pub(crate) use gatelet_models::dt::OperationId;
use http::Response;

use crate::call::Call;
use crate::reply;
pub(crate) use refusal::Refusal;
pub(crate) use token::insert as insert_token;

const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// Answers one call. The match is exhaustive: an operation without a handler does not compile.
pub(crate) fn answer(id: OperationId, call: &Call) -> Response<Bytes> {
    let answer = auth::admit(call).and_then(|caller| match id {
        OperationId::ListTokens => token::list(call),
        OperationId::CreateToken => token::create(call, &caller),
        OperationId::GetToken => token::get(call),
        OperationId::RevokeToken => token::revoke(call),
    });
    answer.unwrap_or_else(Refusal::into_response)
}

/// The answer to a call that went well, with this JSON.
fn success(call: &Call, json: Vec<u8>) -> Response<Bytes> {
    reply::json(call.operation.success, CONTENT_TYPE, json)
}
