//! What differs from vendor to vendor in how a server answers.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use crate::error::api::ApiError;
use crate::wire::rate_limit;

/// A vendor's way to say errors and delays.
///
/// ```
/// use gatelet_transport::{ApiError, Dialect};
/// use http::StatusCode;
///
/// struct Plain;
///
/// impl Dialect for Plain {
///     fn api_error(&self, _: StatusCode, body: &str) -> Option<ApiError> {
///         Some(ApiError::default().with_message(body))
///     }
/// }
/// ```
pub trait Dialect: Send + Sync + 'static {
    /// Reads the vendor's error out of a body; `None` when the body is not the vendor's. One in which nothing is set counts as
    /// `None`.
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError>;

    /// Reads the vendor's error out of the body of a response whose status is a success; `None` where there is none. A response
    /// with one is an error, whatever else it holds.
    ///
    /// By default there is none.
    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        let _ = body;
        None
    }

    /// How long the server wants to be left alone after a 429. `now` is the server's own time where it tells it, else
    /// ours.
    ///
    /// By default `Retry-After` alone.
    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        rate_limit::retry_after(headers, now)
    }

    /// Whether a new credential may cure this 401. By default it may.
    fn refresh_may_help(&self, error: Option<&ApiError>) -> bool {
        let _ = error;
        true
    }
}
