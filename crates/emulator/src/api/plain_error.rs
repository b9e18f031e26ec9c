//! The error responses of paths that belong to no vendor.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use crate::api::response;
use crate::api::server_call::InvalidBody;
use crate::json::DecodeError;

/// An error status with a line of text.
#[derive(Debug)]
pub(crate) struct PlainError {
    status: StatusCode,
    message: Cow<'static, str>,
}

impl PlainError {
    /// 400 for one member of the request.
    pub(crate) fn invalid(path: &str, message: &str) -> Self {
        let separator = if path.is_empty() { "" } else { ": " };
        Self {
            status: StatusCode::BAD_REQUEST,
            message: format!("{path}{separator}{message}").into(),
        }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let mut response = response::empty(self.status.as_u16());
        *response.body_mut() = format!("{}\n", self.message).into();
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        response
    }
}

impl From<StatusCode> for PlainError {
    /// Returns the generic error of a status.
    fn from(status: StatusCode) -> Self {
        Self {
            status,
            message: status
                .canonical_reason()
                .unwrap_or("The request failed")
                .into(),
        }
    }
}

impl From<InvalidBody> for PlainError {
    fn from(error: InvalidBody) -> Self {
        match error {
            InvalidBody::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE.into(),
            InvalidBody::Malformed(DecodeError { path, message }) => Self::invalid(&path, &message),
        }
    }
}
