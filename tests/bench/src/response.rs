//! Responses as the clients receive them: through a channel, over a transport that responds at once.

use bytes::Bytes;
use dt_client::{ApiToken, Client};
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

/// Creates a client whose server responds with these lists of ActiveGates and of tokens.
///
/// # Errors
/// If the client cannot be built.
pub fn client(active_gates: String, tokens: String) -> Result<Client, Error> {
    let (active_gates, tokens) = (Bytes::from(active_gates), Bytes::from(tokens));
    let server = FakeTransport::respond(move |request| {
        let body = match request.uri().path().ends_with("/activeGates") {
            true => active_gates.clone(),
            false => tokens.clone(),
        };
        FakeResponse::json(200, body)
    });
    Client::builder("https://abc12345.live.dynatrace.com")
        .credentials(ApiToken::new("dt0c01.EXAMPLE")?)
        .build_with(server, ManualClock::auto())
}
