//! Authorization: an access token with one of the operation's scopes.

use crate::api::dt::access_token;
use crate::api::dt::access_token::AccessToken;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::server_call;
use crate::api::server_call::ServerCall;

/// Returns the presented token if it is valid and has one of the operation's scopes.
pub(crate) fn authorize(call: &ServerCall<'_>) -> Result<AccessToken, ErrorResponse> {
    let header = call.head.headers.get(http::header::AUTHORIZATION);
    header.ok_or_else(ErrorResponse::no_credential)?;
    // The platform accepts no access token, and there are no others.
    if call.operation.alternative_to.is_some() {
        return Err(ErrorResponse::bad_credential());
    }
    let token = server_call::authorization(call.head, "Api-Token")
        .ok_or_else(ErrorResponse::bad_credential)?;
    let token = access_token::authenticate(call.state.store(), token)?;
    let token = token.ok_or_else(ErrorResponse::bad_credential)?;
    let acceptable = call.operation.permissions;
    let has_scope = token
        .scopes
        .iter()
        .any(|scope| acceptable.contains(&scope.as_str()));
    if has_scope {
        Ok(token)
    } else {
        Err(ErrorResponse::no_scope(acceptable))
    }
}
