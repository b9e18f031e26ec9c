//! ASA's success responses.

use bytes::Bytes;
use http::Response;

use crate::api::response;
use crate::api::server_call::ServerCall;

pub(crate) const CONTENT_TYPE: &str = "application/json";

/// Returns the operation's success response with this JSON.
pub(crate) fn success(call: &ServerCall, json: Vec<u8>) -> Response<Bytes> {
    response::json(call.operation.success, CONTENT_TYPE, json)
}
