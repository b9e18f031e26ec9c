//! ActiveGate enrollment: Dynatrace has no operation that creates an ActiveGate, they connect with an ActiveGate token.

use bytes::Bytes;
use gatelet_models::dt::ActiveGate;
use http::Response;

use crate::api::dt::active_gate;
use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::response::CONTENT_TYPE;
use crate::api::response::Body;
use crate::api::server_call;
use crate::api::server_request::ServerRequest;
use crate::store::encoded::Encoded;

/// The path of the emulator's own operation, outside the vendor's paths.
pub(crate) const PATH: &str = "/emulator/v1/activeGates";

pub(crate) fn handle(request: &ServerRequest<'_>) -> Response<Bytes> {
    respond(request).unwrap_or_else(ErrorResponse::into_response)
}

fn respond(request: &ServerRequest<'_>) -> Result<Response<Bytes>, ErrorResponse> {
    let ServerRequest { state, head, body } = *request;
    let token = server_call::authorization(head, "Bearer").unwrap_or_default();
    let gate: ActiveGate = server_call::decode(head, body)?;
    let gate = active_gate::enroll(state, &token.into(), gate)?;
    Ok(Encoded::new(&gate)?.into_response(201, CONTENT_TYPE))
}
