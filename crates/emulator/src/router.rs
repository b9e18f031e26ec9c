//! From a request to its operation, by the vendors' own tables.

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::{Emulator, reply};

pub(crate) fn answer(_: &Emulator, request: Request<Bytes>) -> Response<Bytes> {
    refuse(request.uri().path(), StatusCode::NOT_FOUND)
}

/// A refusal that no handler decides.
pub(crate) fn refuse(_: &str, status: StatusCode) -> Response<Bytes> {
    reply::empty(status.as_u16())
}
