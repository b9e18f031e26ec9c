//! The errors and delays of Dynatrace.

use std::time::{Duration, SystemTime};

use gatelet_models::dt;
use gatelet_transport::{
    ApiError, Dialect, Violation, has_member, has_string_member, rate_limit, scalar_text,
};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::Value;

/// The time from which calls are accepted again. The vendor documents microseconds, but its own tool reads seconds.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The Dynatrace Environment API v2.
pub(crate) struct Dynatrace;

impl Dialect for Dynatrace {
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError> {
        // A body that is not JSON does not come from the API.
        let document: Value = serde_json::from_str(body).ok()?;
        let error = error_in(&document)?;
        let known = to_api_error(error);
        let is_documented = is_documented(error, status, body);
        let is_undocumented = known != ApiError::default() && !is_documented;
        Some(known.with_undocumented(is_undocumented))
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        if !has_member(body, &["error"]) {
            return None;
        }
        // A secret that is shown only once must not be dropped because of another member.
        if has_string_member(body, &["id"]) && has_string_member(body, &["token"]) {
            return None;
        }
        // The body may contain more than serde_json reads.
        let document: Value = serde_json::from_str(body).unwrap_or_default();
        Some(error_in(&document).map(to_api_error).unwrap_or_default())
    }

    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        let reset = rate_limit::reset_by_magnitude(headers, &RESET, now);
        rate_limit::retry_after(headers, now).max(reset)
    }
}

/// Decodes the documented envelope of an error, which some operations put into an array.
fn parse_envelope(body: &str) -> Result<dt::ErrorEnvelope, serde_json::Error> {
    if body.trim_start().starts_with('[') {
        let envelopes: Vec<dt::ErrorEnvelope> = serde_json::from_str(body)?;
        return Ok(envelopes.into_iter().next().unwrap_or_default());
    }
    serde_json::from_str(body)
}

/// Returns whether an error has the API's form: its code is the status. Servers in front of the API send a message alone or a code of
/// their own; the vendor's gateway adds `details`, and Google's adds a `status` in words.
fn is_documented(error: &Value, status: StatusCode, body: &str) -> bool {
    let is_set = |name: &&str| error.get(*name).is_some_and(|it| !it.is_null());
    let known = parse_envelope(body)
        .ok()
        .and_then(|envelope| envelope.error);
    known.and_then(|known| known.code) == Some(status.as_u16().into())
        && !["details", "status"].iter().any(is_set)
}

/// Returns the member `error` of an envelope, of any type; `None` if it is null.
fn error_in(document: &Value) -> Option<&Value> {
    let envelope = match document {
        Value::Array(envelopes) => envelopes.first()?,
        envelope => envelope,
    };
    envelope.get("error").filter(|error| !error.is_null())
}

/// Converts an error. A member of an unexpected type is ignored.
fn to_api_error(error: &Value) -> ApiError {
    let violations = error.get("constraintViolations").and_then(Value::as_array);
    let violations = violations.into_iter().flatten().map(to_violation);
    let mut known = ApiError::default().with_violations(violations);
    known.code = error.get("code").and_then(scalar_text);
    known.message = scalar_text(error).or_else(|| scalar_text(error.get("message")?));
    known
}

fn to_violation(violation: &Value) -> Violation {
    let member = |name| violation.get(name).and_then(scalar_text);
    let known = Violation::new(
        member("path").unwrap_or_default(),
        member("message").unwrap_or_default(),
    );
    match member("parameterLocation") {
        Some(location) => known.with_location(location),
        None => known,
    }
}
