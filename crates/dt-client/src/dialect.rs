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
        let error = envelope(body)?.error?;
        let violations = error.constraint_violations.iter().map(violation);
        let mut known = ApiError::default().with_violations(violations);
        known.code = error.code.map(|code| code.to_string().into());
        known.message = error.message.as_deref().map(Into::into);
        Some(known)
    }

    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        let reset = rate_limit::reset_by_magnitude(headers, &RESET, now);
        rate_limit::retry_after(headers, now).max(reset)
    }
}

/// The envelope of a failure, which some operations put into an array.
fn envelope(body: &str) -> Option<dt::ErrorEnvelope> {
    if body.trim_start().starts_with('[') {
        let envelopes: Vec<dt::ErrorEnvelope> = serde_json::from_str(body).ok()?;
        return envelopes.into_iter().next();
    }
    serde_json::from_str(body).ok()
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
