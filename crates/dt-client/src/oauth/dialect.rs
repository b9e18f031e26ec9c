//! The errors of the login host.

use std::time::Duration;

use gatelet_models::dt::oauth::parameter;
use gatelet_transport::{ApiError, Dialect, has_member, has_string_member, scalar_text};
use http::StatusCode;
use serde_json::Value;

use crate::dialect::Dynatrace;
use crate::token_api::TokenApi;

/// The members that the login host adds to OAuth's.
const ERROR_CODE: &str = "errorCode";
const MESSAGE: &str = "message";
const ISSUE_ID: &str = "issueId";

/// The errors of the servers in front of the login.
const SERVERS: Dynatrace = Dynatrace(TokenApi::Classic);

/// OAuth's errors (RFC 6749, section 5.2), and those of Dynatrace's own servers in front of the login.
pub(crate) struct OAuth;

impl Dialect for OAuth {
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError> {
        let document: Value = serde_json::from_str(body).ok()?;
        let member = |name| document.get(name);
        if !member(parameter::ERROR).is_none_or(|it| it.is_string() || it.is_null()) {
            return SERVERS.api_error(status, body);
        }
        let text = |name| scalar_text(member(name)?).filter(|text| !text.is_empty());
        let mut known = ApiError::default();
        known.code = text(parameter::ERROR).or_else(|| text(ERROR_CODE));
        known.message = text(parameter::ERROR_DESCRIPTION).or_else(|| text(MESSAGE));
        known.request_id = text(ISSUE_ID);
        // The text of an error has no request id, and the vendor's support asks for it.
        if let Some(issue) = &known.request_id {
            let message = known.message.as_deref().unwrap_or_default();
            known.message = Some(format!("{message} (issue {issue})").trim_start().into());
        }
        Some(known)
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        let has_token = has_string_member(body, &[parameter::ACCESS_TOKEN]);
        if has_token || !has_member(body, &[parameter::ERROR]) {
            return None;
        }
        Some(self.api_error(StatusCode::OK, body).unwrap_or_default())
    }

    fn body_delay(&self, body: &str) -> Option<Duration> {
        SERVERS.body_delay(body)
    }
}
