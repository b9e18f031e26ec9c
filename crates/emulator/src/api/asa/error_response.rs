//! ASA's error responses.

use bytes::Bytes;
use gatelet_models::asa::{Error as ErrorBody, ErrorDetail, ErrorType};
use http::{Response, StatusCode};

use crate::api::asa::response::CONTENT_TYPE;
use crate::api::response;
use crate::api::server_call::{InvalidBody, InvalidParameter};
use crate::error::Error;

/// An error status with ASA's type and message.
#[derive(Debug)]
pub(crate) struct ErrorResponse {
    status: StatusCode,
    error_type: &'static str,
    message: String,
    errors: Vec<ErrorDetail>,
}

impl ErrorResponse {
    fn new(status: StatusCode, error_type: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            error_type,
            message: message.into(),
            errors: Vec::new(),
        }
    }

    /// Returns the generic error of a status.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        let error_type = match status {
            StatusCode::NOT_FOUND => "resource_does_not_exist",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_content_type",
            status if status.is_client_error() => "invalid_request",
            _ => "unknown_error",
        };
        Self::new(
            status,
            error_type,
            status.canonical_reason().unwrap_or("The request failed"),
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::from_status(StatusCode::NOT_FOUND)
    }

    /// 401 for a missing, wrong or expired credential, without saying which.
    pub(crate) fn unauthenticated() -> Self {
        let message = "The credential is missing, wrong or expired";
        Self::new(StatusCode::UNAUTHORIZED, "authentication_error", message)
    }

    /// 401, which ASA sends instead of 403 when the caller's role does not allow the operation.
    pub(crate) fn missing_capability(capability: &str) -> Self {
        let message = format!("Missing capability: {capability}");
        Self::new(StatusCode::UNAUTHORIZED, "authorization_error", message)
    }

    /// 403 for a change that nobody may make.
    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden_error", message)
    }

    /// 409 for a name that is or was in use.
    pub(crate) fn already_exists() -> Self {
        let message = "The name is or was in use";
        Self::new(StatusCode::CONFLICT, "resource_already_exists", message)
    }

    /// 400 for one member or parameter of the request.
    pub(crate) fn invalid(path: &str, message: &str) -> Self {
        let whole = if path.is_empty() {
            message.to_owned()
        } else {
            format!("{path}: {message}")
        };
        let detail = ErrorDetail::new().with_path(path).with_message(message);
        Self {
            errors: vec![detail],
            ..Self::new(StatusCode::BAD_REQUEST, "invalid_request", whole)
        }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let error = ErrorBody::new()
            .with_code(i32::from(self.status.as_u16()))
            .with_error_type(ErrorType::from(self.error_type))
            .with_message(self.message)
            .with_errors(self.errors);
        let body = serde_json::to_vec(&error).unwrap_or_default();
        response::json(self.status.as_u16(), CONTENT_TYPE, body)
    }
}

impl From<InvalidBody> for ErrorResponse {
    fn from(error: InvalidBody) -> Self {
        match error {
            InvalidBody::NotJson => Self::from_status(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            InvalidBody::Malformed(malformed) => Self::invalid(&malformed.path, &malformed.message),
        }
    }
}

impl From<InvalidParameter> for ErrorResponse {
    fn from(error: InvalidParameter) -> Self {
        Self::invalid(error.name, &error.message)
    }
}

impl From<Error> for ErrorResponse {
    fn from(error: Error) -> Self {
        match error {
            Error::Full => Self::from_status(StatusCode::INSUFFICIENT_STORAGE),
            Error::TokenRejected => Self::unauthenticated(),
            Error::Invalid(what) => Self::invalid("", what),
            _ => Self::from_status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}
