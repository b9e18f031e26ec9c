//! A request before it is matched to an operation.

use bytes::Bytes;
use http::request::Parts;

use crate::state::State;

/// A request to one of a vendor's paths.
#[derive(Clone, Copy)]
pub(crate) struct ServerRequest<'a> {
    pub(crate) state: &'a State,
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a Bytes,
}
