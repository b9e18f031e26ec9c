//! How ASA says errors and delays.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, StatusCode};
use models::asa;
use transport::{ApiError, Dialect, Violation, rate_limit};

/// Documented: when the quota of the hour begins anew, in Unix seconds.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What Okta's own clients go by, also in Unix seconds.
const RETRY_AT: HeaderName = HeaderName::from_static("x-ratelimit-retry-at");

/// Okta Advanced Server Access and Okta Privileged Access.
pub(crate) struct Asa;

impl Dialect for Asa {
    fn api_error(&self, _: StatusCode, body: &str) -> Option<ApiError> {
        let error: asa::Error = serde_json::from_str(body).ok()?;
        let violations = error.errors.iter().flatten().map(|detail| {
            Violation::new(
                detail.path.as_deref().unwrap_or_default(),
                detail.message.as_deref().unwrap_or_default(),
            )
        });
        let mut known = ApiError::default().with_violations(violations);
        known.code = match &error.error_type {
            Some(word) => Some(word.as_str().into()),
            None => nottype(body).or_else(|| Some(error.code?.to_string().into())),
        };
        known.message = error.message.map(Into::into);
        Some(known)
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        const MEMBERS: [&str; 4] = ["\"message\"", "\"code\"", "\"type\"", "\"error\""];
        // Few bodies are worth reading twice.
        if !MEMBERS.iter().any(|member| body.contains(member)) {
            return None;
        }
        // What is not JSON fails to decode.
        let members: Members = serde_json::from_str(body).ok()?;
        let set = |name: &str| members.get(name).filter(|value| !value.is_null());
        if let Some(error) = set("error") {
            let known = ApiError::default();
            return Some(
                match error.as_str().or_else(|| error.get("message")?.as_str()) {
                    Some(text) => known.with_message(text),
                    None => known,
                },
            );
        }
        // No response of a success has any of these.
        if !["message", "code", "type"]
            .iter()
            .any(|name| set(name).is_some())
        {
            return None;
        }
        Some(self.api_error(StatusCode::OK, body).unwrap_or_default())
    }

    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        rate_limit::retry_after(headers, now)
            .max(rate_limit::reset_in_seconds(headers, &RETRY_AT, now))
            .or_else(|| rate_limit::reset_in_seconds(headers, &RESET, now))
    }

    /// A missing role also comes as 401; a new bearer would lack it too.
    fn is_curable(&self, error: Option<&ApiError>) -> bool {
        let missing_role = asa::ErrorType::AuthorizationError;
        error.and_then(|error| error.code.as_deref()) != Some(missing_role.as_str())
    }
}

/// The members of a body that is an object.
type Members = serde_json::Map<String, serde_json::Value>;

/// The kind of failure under the name that it has in the document of Okta Privileged Access.
fn nottype(body: &str) -> Option<Box<str>> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(body.get("nottype")?.as_str()?.into())
}
