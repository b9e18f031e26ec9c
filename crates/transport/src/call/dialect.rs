//! The differences between vendors in error and delay responses.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use crate::error::api::ApiError;
use crate::wire::rate_limit;

/// A vendor's format of errors and delays.
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
    /// Parses the vendor's error from a body; `None` if the body is not the vendor's. An error with nothing set counts
    /// as `None`.
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError>;

    /// Parses the vendor's error from the body of a response with a success status; `None` if it contains none. A
    /// response with an error fails, whatever else it contains.
    ///
    /// The default returns `None`.
    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        let _ = body;
        None
    }

    /// Returns the delay that the server requests with a 429. `now` is the server's time if it sent one, else ours.
    ///
    /// The default reads `Retry-After` only.
    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        rate_limit::retry_after(headers, now)
    }

    /// Returns the delay that the server requests in the body of a failure; the longer one of body and header fields counts. It is limited to
    /// a year.
    ///
    /// The default returns `None`.
    fn body_delay(&self, body: &str) -> Option<Duration> {
        let _ = body;
        None
    }

    /// Returns whether the vendor's gateway made a response, and not the API behind it. Its error is then
    /// [undocumented](ApiError::is_undocumented): it does not prove that a resource does not exist.
    ///
    /// The default returns `false`.
    fn is_from_gateway(&self, headers: &HeaderMap) -> bool {
        let _ = headers;
        false
    }

    /// Returns whether a new credential may help after this 401. The default is `true`.
    fn refresh_may_help(&self, error: Option<&ApiError>) -> bool {
        let _ = error;
        true
    }
}
