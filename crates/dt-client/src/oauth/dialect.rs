//! The errors of the login host.

use gatelet_models::dt::oauth::parameter;
use gatelet_transport::{ApiError, Dialect};
use http::StatusCode;
use serde_json::Value;

use crate::dialect::Dynatrace;
use crate::token_api::TokenApi;

/// The errors of the servers in front of the login.
const SERVERS: Dynatrace = Dynatrace(TokenApi::Classic);

/// OAuth's errors (RFC 6749, section 5.2), and those of Dynatrace's own servers in front of the login.
pub(crate) struct OAuth;

impl Dialect for OAuth {
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError> {
        let document: Value = serde_json::from_str(body).ok()?;
        let text = |name| document.get(name).and_then(Value::as_str);
        let Some(code) = text(parameter::ERROR) else {
            return SERVERS.api_error(status, body);
        };
        let known = ApiError::default().with_code(code);
        Some(match text(parameter::ERROR_DESCRIPTION) {
            Some(description) => known.with_message(description),
            None => known,
        })
    }
}
