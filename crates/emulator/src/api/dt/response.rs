//! Dynatrace's success responses.

use bytes::Bytes;
use http::Response;

use crate::api::response::Body;
use crate::api::server_call::ServerCall;

pub(crate) const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// Returns the operation's success response with this body.
pub(crate) fn success(call: &ServerCall<'_>, body: impl Body) -> Response<Bytes> {
    body.into_response(call.operation.success, CONTENT_TYPE)
}
