//! Authorization: a credential with one of the operation's scopes.
//!
//! A classic token is accepted with the scheme `Api-Token` on classic paths; a platform token and the token of an OAuth client
//! with `Bearer` on classic paths and on the platform's, and the former, as a setting, with `Api-Token` for the classic API. So it is documented, or was seen in clients and in quoted responses.

use crate::api::dt::caller::Caller;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::{access_token, oauth_token, scope};
use crate::api::server_call;
use crate::api::server_call::ServerCall;

/// The start of the paths of the platform.
const PLATFORM: &str = "/platform/";

/// Returns the caller if the presented credential is valid and has one of the operation's scopes. On the paths of the platform's own APIs
/// its gateway refuses the others.
pub(crate) fn authorize(call: &ServerCall<'_>) -> Result<Caller, ErrorResponse> {
    let caller = authorize_any(call);
    match call.operation.alternative_to {
        Some(_) => caller.map_err(|refused| refused.by_gateway(call.operation.permissions)),
        None => caller,
    }
}

fn authorize_any(call: &ServerCall<'_>) -> Result<Caller, ErrorResponse> {
    let header = call.head.headers.get(http::header::AUTHORIZATION);
    header.ok_or_else(ErrorResponse::no_credential)?;
    if let Some(token) = server_call::authorization(call.head, "Bearer") {
        return authorize_bearer(call, token);
    }
    let token = server_call::authorization(call.head, "Api-Token");
    if call.state.accepts_platform_api_tokens() && call.operation.alternative_to.is_none() {
        let token = token.filter(|token| access_token::is_for_platform(token));
        if let Some(token) = token {
            return authorize_bearer(call, token);
        }
    }
    if call.head.uri.path().starts_with(PLATFORM) {
        return Err(ErrorResponse::wrong_scheme());
    }
    let token = token.filter(|token| !access_token::is_for_platform(token));
    let token = token.ok_or_else(ErrorResponse::bad_credential)?;
    let caller = access_token::authenticate(call.state.store(), token)?;
    let caller = caller.ok_or_else(ErrorResponse::bad_credential)?;
    let acceptable = call.operation.permissions;
    match caller.has_any(acceptable) {
        true => Ok(caller),
        false => Err(ErrorResponse::no_scope("Token", acceptable)),
    }
}

fn authorize_bearer(call: &ServerCall<'_>, token: &str) -> Result<Caller, ErrorResponse> {
    let (kind, caller) = match access_token::is_for_platform(token) {
        true => (
            "Token",
            access_token::authenticate(call.state.store(), token)?,
        ),
        false => {
            let now = call.state.now();
            (
                "OAuth token",
                oauth_token::authenticate(call.state, token, now)?,
            )
        }
    };
    let caller = caller.ok_or_else(ErrorResponse::bad_credential)?;
    let acceptable = scope::on_platform(call.operation);
    match caller.has_any(&acceptable) {
        true => Ok(caller),
        false => Err(ErrorResponse::no_scope(kind, &acceptable)),
    }
}
