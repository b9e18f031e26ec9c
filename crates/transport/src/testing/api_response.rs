//! A response without a call.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::call::api_response::ApiResponse;
use crate::call::call_secrets::CallSecrets;
use crate::error::kind::Applied;

/// Creates the response of a successful call with this body, for tests of code that reads responses.
///
/// ```
/// use gatelet_transport::testing::api_response;
///
/// let names: Vec<String> = api_response(r#"["eu-1"]"#).json()?;
/// assert_eq!(names, ["eu-1"]);
/// # Ok::<(), gatelet_transport::Error>(())
/// ```
#[must_use]
pub fn api_response(body: impl Into<Bytes>) -> ApiResponse {
    ApiResponse {
        operation: "testing response",
        applied: Applied::Yes,
        attempts: 1,
        elapsed: Duration::ZERO,
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: body.into(),
        secrets: CallSecrets::default(),
        resource: None,
    }
}
