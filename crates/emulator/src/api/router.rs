//! From a path to its vendor.

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::api::plain_error::PlainError;
use crate::api::server_call::BODY_LIMIT;
use crate::api::server_request::ServerRequest;
use crate::api::vendor::{Vendor, Vendors};
use crate::state::State;

/// Handles one request.
pub(crate) fn handle(vendors: Vendors, state: &State, request: Request<Bytes>) -> Response<Bytes> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if body.len() > BODY_LIMIT {
        return error_response(vendors, path, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let (head, body) = (&head, &body);
    match owner(vendors, path) {
        Some(vendor) => vendor.handle(&ServerRequest { state, head, body }),
        None => error_response(vendors, path, StatusCode::NOT_FOUND),
    }
}

/// Returns an error response in the format of the vendor that the path belongs to; plain if it belongs to none.
pub(crate) fn error_response(vendors: Vendors, path: &str, status: StatusCode) -> Response<Bytes> {
    match owner(vendors, path) {
        Some(vendor) => vendor.error_response(status),
        None => PlainError::from(status).into_response(),
    }
}

fn owner(vendors: Vendors, path: &str) -> Option<&'static dyn Vendor> {
    vendors.iter().copied().find(|vendor| vendor.owns(path))
}
