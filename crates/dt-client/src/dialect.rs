//! The errors and delays of Dynatrace.

use std::slice;
use std::time::{Duration, SystemTime};

use gatelet_models::dt;
use gatelet_transport::{
    ApiError, Dialect, Violation, has_member, has_string_member, rate_limit, scalar_text,
};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::Value;

use crate::token_api::TokenApi;

/// The time from which calls are accepted again. The vendor documents microseconds, but its own tool reads seconds.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The member of an error with the seconds after which a call may be repeated.
const RETRY_AFTER: &str = "retryAfterSeconds";

/// The field by which the platform's gateway says that it made the response.
const SOURCE: HeaderName = HeaderName::from_static("dynatrace-response-source");

/// The value of that field.
const GATEWAY: &[u8] = b"API Gateway";

/// The members by which a body is a resource: an id, or the state of an update job, whose members are all optional.
const RESOURCE: &[&str] = &["id", "jobId", "jobState"];

/// The most scopes or permissions that a message names.
const MOST_NAMED: usize = 16;

/// The errors and delays of an API of Dynatrace.
pub(crate) struct Dynatrace(pub(crate) TokenApi);

impl Dialect for Dynatrace {
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError> {
        // A body that is not JSON does not come from the API.
        let document: Value = serde_json::from_str(body).ok()?;
        let error = error_in(&document)?;
        let known = to_api_error(error);
        let is_documented = is_documented(self.0, error, status, body);
        let is_undocumented = known != ApiError::default() && !is_documented;
        Some(known.with_undocumented(is_undocumented))
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        if !has_member(body, &["error"]) {
            return None;
        }
        // A secret that is shown only once must not be dropped because of another member.
        if has_string_member(body, &["token"]) {
            return None;
        }
        // An update job says in such a text why it failed; the API's error is an object.
        if has_string_member(body, &["error"]) && has_string_member(body, RESOURCE) {
            return None;
        }
        // The body may contain more than serde_json reads.
        let document: Value = serde_json::from_str(body).unwrap_or_default();
        Some(error_in(&document).map(to_api_error).unwrap_or_default())
    }

    fn is_from_gateway(&self, headers: &HeaderMap) -> bool {
        let mut sources = headers.get_all(&SOURCE).iter();
        sources.any(|source| source.as_bytes().eq_ignore_ascii_case(GATEWAY))
    }

    fn body_delay(&self, body: &str) -> Option<Duration> {
        // Most bodies are searched once and not parsed.
        if !body.contains(RETRY_AFTER) {
            return None;
        }
        let document: Value = serde_json::from_str(body).ok()?;
        seconds(error_in(&document)?.get(RETRY_AFTER)?)
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
/// their own, and Google's adds a `status` in words. In front of the classic API, the vendor's gateway adds `details`; services of the
/// platform add them, too, and a header field tells their errors from the gateway's.
fn is_documented(api: TokenApi, error: &Value, status: StatusCode, body: &str) -> bool {
    let is_set = |name: &str| error.get(name).is_some_and(|it| !it.is_null());
    let is_foreign = is_set("status") || (api == TokenApi::Classic && is_set("details"));
    let known = parse_envelope(body)
        .ok()
        .and_then(|envelope| envelope.error);
    known.and_then(|known| known.code) == Some(status.as_u16().into()) && !is_foreign
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
///
/// APIs of the platform have `details` of any type. If it is an object, its error code says more than the status, which is the code of the
/// error itself.
fn to_api_error(error: &Value) -> ApiError {
    let details = error.get("details");
    let places = [Some(error), details].into_iter().flatten();
    let violations = places.filter_map(|place| place.get("constraintViolations")?.as_array());
    let violations = violations.flatten().filter_map(to_violation);
    let mut known = ApiError::default().with_violations(violations);
    let detail = |name| text(details?.get(name)?);
    known.code = detail("errorCode").or_else(|| text(error.get("code")?));
    known.request_id = detail("traceId").or_else(|| detail("errorRef"));
    known.message = text(error).or_else(|| text(error.get("message")?));
    let missing = details.map(missing_rights).unwrap_or_default();
    let details = details.and_then(text);
    let references = [("traceId", "trace"), ("errorRef", "error reference")];
    let references = references
        .into_iter()
        .filter_map(|(member, word)| Some(format!("{word} {}", detail(member)?)));
    let details = details.into_iter().map(String::from).chain(missing);
    for more in details.chain(references) {
        known.message = Some(match &known.message {
            Some(message) => format!("{message} ({more})").into(),
            None => more.into(),
        });
    }
    known
}

/// Returns the text of a value, unless it is blank.
fn text(value: &Value) -> Option<Box<str>> {
    scalar_text(value).filter(|text| !text.trim().is_empty())
}

/// Returns what the credential lacks, in words.
fn missing_rights(details: &Value) -> Vec<String> {
    let kinds = [
        ("missingScopes", "missing scopes: "),
        ("missingPermissions", "missing permissions: "),
    ];
    let rights = kinds.into_iter().filter_map(|(member, words)| {
        let names = details.get(member)?;
        let names = names
            .as_array()
            .map_or(slice::from_ref(names), Vec::as_slice);
        let names = names.iter().filter_map(text).take(MOST_NAMED);
        let names: Vec<_> = names.map(String::from).collect();
        (!names.is_empty()).then(|| format!("{words}{}", names.join(", ")))
    });
    rights.collect()
}

/// Reads a number of seconds, a fraction rounded up. Returns `None` for a negative or non-numeric value.
fn seconds(value: &Value) -> Option<Duration> {
    if let Some(seconds) = value.as_u64() {
        return Some(Duration::from_secs(seconds));
    }
    let seconds = value.as_f64().filter(|seconds| *seconds > 0.0)?;
    // More than fits is as long as the limit of delays allows.
    Some(Duration::try_from_secs_f64(seconds.ceil()).unwrap_or(Duration::MAX))
}

/// Converts a violation, which may be a text alone; one that says nothing is none.
fn to_violation(violation: &Value) -> Option<Violation> {
    let member = |name| violation.get(name).and_then(text);
    let message = text(violation).or_else(|| member("message"));
    let known = Violation::new(
        member("path").unwrap_or_default(),
        message.unwrap_or_default(),
    );
    let known = match member("parameterLocation") {
        Some(location) => known.with_location(location),
        None => known,
    };
    (known != Violation::default()).then_some(known)
}
