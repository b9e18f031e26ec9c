//! How Dynatrace says errors and delays.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, StatusCode};
use models::dt;
use transport::{ApiError, Dialect, Violation, rate_limit};

/// When calls are let through again: documented in microseconds, read in seconds by the vendor's own tool.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The Dynatrace Environment API v2.
pub(crate) struct Dynatrace;

impl Dialect for Dynatrace {
    fn api_error(&self, _: StatusCode, body: &str) -> Option<ApiError> {
        // What is not the vendor's envelope is somebody else's text.
        Some(known(&envelope(body).ok()?.error?))
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        // Few bodies are worth reading twice.
        if !body.contains("\"error\"") {
            return None;
        }
        match envelope(body) {
            Ok(envelope) => envelope.error.as_ref().map(known),
            Err(_) => error_of_another_form(body),
        }
    }

    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        let reset = rate_limit::reset_by_magnitude(headers, &RESET, now);
        rate_limit::retry_after(headers, now).max(reset)
    }
}

fn known(error: &dt::Error) -> ApiError {
    let violations = error.constraint_violations.iter().flatten().map(violation);
    let mut known = ApiError::default().with_violations(violations);
    known.code = error.code.map(|code| code.to_string().into());
    known.message = error.message.as_deref().map(Into::into);
    known
}

/// The envelope of a failure, which some operations put into an array.
fn envelope(body: &str) -> Result<dt::ErrorEnvelope, serde_json::Error> {
    if body.trim_start().starts_with('[') {
        let envelopes: Vec<dt::ErrorEnvelope> = serde_json::from_str(body)?;
        return Ok(envelopes.into_iter().next().unwrap_or_default());
    }
    serde_json::from_str(body)
}

/// A member `error` that is not as the vendor documents it.
fn error_of_another_form(body: &str) -> Option<ApiError> {
    // What is not JSON fails to decode.
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    let error = body.get("error").filter(|error| !error.is_null())?;
    let known = ApiError::default();
    Some(
        match error.as_str().or_else(|| error.get("message")?.as_str()) {
            Some(text) => known.with_message(text),
            None => known,
        },
    )
}

fn violation(violation: &dt::ConstraintViolation) -> Violation {
    let known = Violation::new(
        violation.path.as_deref().unwrap_or_default(),
        violation.message.as_deref().unwrap_or_default(),
    );
    match &violation.parameter_location {
        Some(location) => known.with_location(location.as_str()),
        None => known,
    }
}
