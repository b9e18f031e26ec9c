//! Dynatrace's error responses.

use std::borrow::Borrow;

use bytes::Bytes;
use gatelet_models::dt::{ConstraintViolation, Error as ErrorBody, ParameterLocation};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::api::dt::response::CONTENT_TYPE;
use crate::api::response;
use crate::api::server_call::{InvalidBody, InvalidParameter};
use crate::error::Error;
use crate::json::DecodeError;

/// An error status with Dynatrace's message.
#[derive(Debug)]
pub(crate) struct ErrorResponse {
    status: u16,
    message: String,
    violations: Vec<ConstraintViolation>,
    has_violations_in_details: bool,
    gateway: Option<Gateway>,
}

/// What the platform's gateway adds when it refuses a request itself.
#[derive(Debug)]
struct Gateway {
    missing_scopes: Vec<String>,
}

/// The field by which the platform's gateway says that it made the response.
const SOURCE: HeaderName = HeaderName::from_static("dynatrace-response-source");

impl ErrorResponse {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            violations: Vec::new(),
            has_violations_in_details: false,
            gateway: None,
        }
    }

    /// Turns the refusal of a credential into that of the platform's gateway, which names the scopes that are missing.
    pub(crate) fn by_gateway(self, acceptable: &[&str]) -> Self {
        if !matches!(self.status, 401 | 403) {
            return self;
        }
        let is_missing_scope = self.status == 403;
        let message = match is_missing_scope {
            true => {
                "The authorization token does not provide the necessary permissions.".to_owned()
            }
            false => self.message,
        };
        let scopes = acceptable.iter().filter(|_| is_missing_scope);
        let gateway = Gateway {
            missing_scopes: scopes.map(|scope| (*scope).to_owned()).collect(),
        };
        Self {
            message,
            gateway: Some(gateway),
            ..self
        }
    }

    /// Sets whether violations are in `details`, with path and message only, as in other APIs of the platform.
    pub(crate) fn with_violations_in_details(mut self, is_so: bool) -> Self {
        self.has_violations_in_details = is_so;
        self
    }

    pub(crate) fn no_credential() -> Self {
        Self::new(401, "Missing authorization parameter.")
    }

    /// 401 for an unknown token and for a wrong secret, without saying which.
    pub(crate) fn bad_credential() -> Self {
        Self::new(401, "Token Authentication failed")
    }

    /// 401 for a classic token on the platform.
    pub(crate) fn wrong_scheme() -> Self {
        Self::new(
            401,
            "Unsupported authorization scheme, platform APIs require 'Bearer'",
        )
    }

    pub(crate) fn no_scope<S: Borrow<str>>(kind: &str, acceptable: &[S]) -> Self {
        let scopes = acceptable.join(", ");
        Self::new(
            403,
            format!("{kind} is missing required scope. Use one of: {scopes}"),
        )
    }

    /// Returns the generic error of a status.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        let message = match status {
            StatusCode::NOT_FOUND => "The requested resource doesn't exist.",
            other => other.canonical_reason().unwrap_or("The request failed."),
        };
        Self::new(status.as_u16(), message)
    }

    pub(crate) fn not_found() -> Self {
        Self::from_status(StatusCode::NOT_FOUND)
    }

    /// 400 for one member or parameter of the request.
    pub(crate) fn violation(
        location: ParameterLocation,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let violation = ConstraintViolation::new()
            .with_path(path)
            .with_message(message)
            .with_parameter_location(location);
        Self {
            violations: vec![violation],
            ..Self::new(400, "Constraints violated.")
        }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let details = self.details();
        let violations = match self.has_violations_in_details {
            true => Vec::new(),
            false => self.violations,
        };
        let error = ErrorBody::new()
            .with_code(i32::from(self.status))
            .with_message(self.message)
            .with_constraint_violations(violations);
        let mut error = json!(error);
        if let (Some(details), Value::Object(members)) = (details, &mut error) {
            members.insert("details".to_owned(), details);
        }
        let body = json!({ "error": error }).to_string();
        let mut response = response::json(self.status, CONTENT_TYPE, body.into());
        if self.gateway.is_some() {
            let value = HeaderValue::from_static("API Gateway");
            response.headers_mut().insert(SOURCE, value);
        }
        response
    }

    /// Returns what APIs of the platform say beside code and message.
    fn details(&self) -> Option<Value> {
        let gateway = self.gateway.as_ref();
        if let Some(gateway) = gateway.filter(|it| !it.missing_scopes.is_empty()) {
            return Some(json!({ "missingScopes": gateway.missing_scopes }));
        }
        let has_violations = self.has_violations_in_details && !self.violations.is_empty();
        let violations = self.violations.iter();
        let violations = violations.map(|it| json!({ "path": it.path, "message": it.message }));
        let violations: Vec<Value> = violations.collect();
        has_violations.then(|| json!({ "constraintViolations": violations }))
    }
}

impl From<InvalidBody> for ErrorResponse {
    fn from(error: InvalidBody) -> Self {
        match error {
            InvalidBody::NotJson => Self::from_status(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            InvalidBody::Malformed(DecodeError { path, message }) => {
                Self::violation(ParameterLocation::PayloadBody, path, message)
            }
        }
    }
}

impl From<InvalidParameter> for ErrorResponse {
    fn from(error: InvalidParameter) -> Self {
        Self::violation(ParameterLocation::Query, error.name, error.message)
    }
}

impl From<Error> for ErrorResponse {
    fn from(error: Error) -> Self {
        match error {
            Error::TokenRejected => Self::bad_credential(),
            Error::Invalid(what) => Self::violation(ParameterLocation::PayloadBody, "", what),
            Error::Full => Self::new(507, "No space is left for the emulator's store."),
            _ => Self::new(500, "Internal error of the emulator."),
        }
    }
}
