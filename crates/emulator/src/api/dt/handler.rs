//! The handlers of Dynatrace's operations.

use bytes::Bytes;
use gatelet_models::dt::{
    ActiveGateToken, ActiveGateTokenCreate, ActiveGateTokenCreated, ActiveGateTokenList,
    OperationId,
};
use http::Response;

use crate::api::dt::access_token::AccessToken;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::{auth, token};
use crate::api::generated::dt::{Operations, dispatch};
use crate::api::server_call::ServerCall;
use crate::store::encoded::Encoded;

/// An authorized call and the access token that it presented.
struct Authorized<'a> {
    call: &'a ServerCall<'a>,
    caller: AccessToken,
}

/// Handles one call.
pub(crate) fn handle(id: OperationId, call: &ServerCall<'_>) -> Response<Bytes> {
    auth::authorize(call)
        .and_then(|caller| dispatch(id, &Authorized { call, caller }, call))
        .unwrap_or_else(ErrorResponse::into_response)
}

impl Operations for Authorized<'_> {
    fn list_tokens(&self) -> Result<Encoded<ActiveGateTokenList>, ErrorResponse> {
        token::list(self.call)
    }

    fn create_token(
        &self,
        body: ActiveGateTokenCreate,
    ) -> Result<Encoded<ActiveGateTokenCreated>, ErrorResponse> {
        token::create(self.call, &self.caller, &body)
    }

    fn get_token(&self, id: &str) -> Result<Encoded<ActiveGateToken>, ErrorResponse> {
        token::get(self.call, id)
    }

    fn revoke_token(&self, id: &str) -> Result<(), ErrorResponse> {
        token::revoke(self.call, id)
    }
}
