//! Builds responses.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, LINK};
use http::{Response, StatusCode};

use crate::store::encoded::Encoded;

/// The result of a handler, which becomes the body of a success response: nothing, JSON, or a page.
pub(crate) trait Body {
    fn into_response(self, status: u16, content_type: &'static str) -> Response<Bytes>;
}

/// A page whose neighbors are in `Link` headers.
pub(crate) struct LinkedPage<T> {
    pub(crate) page: Encoded<T>,
    pub(crate) links: Vec<String>,
}

impl Body for () {
    fn into_response(self, status: u16, _: &'static str) -> Response<Bytes> {
        empty(status)
    }
}

impl<T> Body for Encoded<T> {
    fn into_response(self, status: u16, content_type: &'static str) -> Response<Bytes> {
        json(status, content_type, self.into_bytes())
    }
}

impl<T> Body for LinkedPage<T> {
    fn into_response(self, status: u16, content_type: &'static str) -> Response<Bytes> {
        let mut response = self.page.into_response(status, content_type);
        for link in &self.links {
            if let Ok(value) = HeaderValue::from_str(link) {
                response.headers_mut().append(LINK, value);
            }
        }
        response
    }
}

/// Returns a response without a body.
pub(crate) fn empty(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Returns a response with this JSON body.
pub(crate) fn json(status: u16, content_type: &'static str, body: Vec<u8>) -> Response<Bytes> {
    let mut response = empty(status);
    *response.body_mut() = body.into();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Adds the methods that a path has instead of the request's.
pub(crate) fn with_allowed(mut response: Response<Bytes>, methods: &[&str]) -> Response<Bytes> {
    if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}
