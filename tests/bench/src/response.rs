//! Responses as the clients receive them: through a channel, over a transport that responds at once.

use bytes::Bytes;
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{ApiError, ApiResponse, BaseUrl, Call, Channel, Dialect, Error};

struct NoErrors;

impl Dialect for NoErrors {
    fn api_error(&self, _: http::StatusCode, _: &str) -> Option<ApiError> {
        None
    }
}

/// Makes a call whose response has this body, and returns the response. Clients decode it with [`ApiResponse::json`].
///
/// # Errors
/// If the call fails.
pub fn response(body: String) -> Result<ApiResponse, Error> {
    let limit = body.len() as u64;
    let server = FakeTransport::script([FakeResponse::json(200, Bytes::from(body))]);
    let channel = Channel::builder(BaseUrl::parse("https://api.example.com")?, NoErrors)
        .body_limit(limit)
        .build_with(server, ManualClock::auto())?;
    let call = Call::new("bench Decode", http::Method::GET, "/list").with_authenticated(false);
    pollster::block_on(channel.call(call))
}
