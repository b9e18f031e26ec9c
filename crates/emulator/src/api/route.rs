//! From a vendor's request to the handler of its operation.

use bytes::Bytes;
use gatelet_models::Operation;
use http::{Response, StatusCode};

use crate::api::response;
use crate::api::server_call::ServerCall;
use crate::api::server_request::ServerRequest;
use crate::api::vendor::Vendor;

/// Passes a request to `handle` with its operation, or responds that there is none. `path` is the request's path as the
/// operation table writes it.
pub(crate) fn route<Id>(
    vendor: &dyn Vendor,
    request: &ServerRequest<'_>,
    path: &str,
    operations: impl Iterator<Item = (Id, &'static Operation)>,
    handle: impl FnOnce(Id, &ServerCall<'_>) -> Response<Bytes>,
) -> Response<Bytes> {
    let ServerRequest { state, head, body } = *request;
    let mut allowed = Vec::new();
    for (id, operation) in operations {
        let Some(values) = operation.match_path(path) else {
            continue;
        };
        if operation.method.as_str() == head.method.as_str() {
            let call = ServerCall {
                state,
                operation,
                values,
                head,
                body,
            };
            return handle(id, &call);
        }
        allowed.push(operation.method.as_str());
    }
    if allowed.is_empty() {
        vendor.error_response(StatusCode::NOT_FOUND)
    } else {
        let refused = vendor.error_response(StatusCode::METHOD_NOT_ALLOWED);
        response::with_allowed(refused, &allowed)
    }
}
