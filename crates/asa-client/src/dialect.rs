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
        let violations = error.errors.iter().map(|detail| {
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

/// The kind of failure under the name that it has in the document of Okta Privileged Access.
fn nottype(body: &str) -> Option<Box<str>> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(body.get("nottype")?.as_str()?.into())
}
