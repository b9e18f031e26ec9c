//! A client of described operations without a vendor.

use gatelet_client::{ClientBuilder, ListRequest, OperationCall, PageBody};
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenList, OperationId};
use gatelet_transport::{ApiError, ApiResponse, ApiToken, Channel, Dialect, OperationRequest};

pub(crate) const URL: &str = "https://api.example.com";

/// A dialect that recognizes no error.
struct Plain;

impl Dialect for Plain {
    fn api_error(&self, _: http::StatusCode, _: &str) -> Option<ApiError> {
        None
    }
}

/// Returns a builder without credentials.
pub(crate) fn builder(url: &str) -> ClientBuilder<Channel> {
    ClientBuilder::new(url, Plain, |url| Ok(url.clone()), |channel| channel)
}

/// Returns a builder with credentials.
pub(crate) fn authorized(url: &str) -> ClientBuilder<Channel> {
    builder(url).credentials(ApiToken::new("dt0c01.EXAMPLE.SECRET").unwrap())
}

/// Returns a request for a token.
pub(crate) fn get(channel: &Channel) -> OperationRequest<ActiveGateToken> {
    OperationCall::new(OperationId::GetToken.operation(), &["dt0g02.a"])
        .request(channel, ApiResponse::json)
}

/// Returns a list of tokens.
pub(crate) fn list(channel: &Channel) -> ListRequest<ActiveGateToken> {
    let operation = OperationId::ListTokens.operation();
    ListRequest::new(channel, operation, &[], |page: ActiveGateTokenList| {
        PageBody::new("activeGateTokens", page.active_gate_tokens).with_cursor(page.next_page_key)
    })
}

/// The response to [`get`].
pub(crate) const TOKEN: &str =
    r#"{"id": "dt0g02.a", "name": "a", "owner": "o", "creationDate": "2026-01-01T00:00:00Z"}"#;
