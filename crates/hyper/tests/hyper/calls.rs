//! Calls as a client makes them.

use bytes::Bytes;
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::{ApiError, BaseUrl, Call, CallTimeouts, Channel, Dialect};
use http::{Method, StatusCode};

use super::test_server::TestServer;

/// A dialect without errors of its own.
pub(crate) struct Plain;

impl Dialect for Plain {
    fn api_error(&self, _: StatusCode, _: &str) -> Option<ApiError> {
        None
    }
}

/// Returns a channel to this server.
pub(crate) fn channel(
    server: &TestServer,
    transport: &HyperTransport,
    timeouts: CallTimeouts,
) -> Channel {
    channel_to(&server.url(""), transport, timeouts)
}

/// Returns a channel to the server with this base URL.
pub(crate) fn channel_to(
    base: &str,
    transport: &HyperTransport,
    timeouts: CallTimeouts,
) -> Channel {
    Channel::builder(BaseUrl::parse_allowing_http(base).unwrap(), Plain)
        .timeouts(timeouts)
        .build_with(transport.clone(), TokioClock::new())
        .unwrap()
}

/// Returns a call that may be repeated.
pub(crate) fn read() -> Call {
    Call::new("test Read", Method::GET, "/v1/things")
        .with_template("/v1/things")
        .with_authenticated(false)
}

/// Returns a call that must not be repeated.
pub(crate) fn create(body: Bytes) -> Call {
    Call::new("test Create", Method::POST, "/v1/things")
        .with_template("/v1/things")
        .with_body(body)
        .with_success(201)
        .with_authenticated(false)
}

/// Returns a call that may be repeated and has no output.
pub(crate) fn delete(path: &str) -> Call {
    Call::new("test Delete", Method::DELETE, path)
        .with_template("/v1/things/{id}")
        .with_success(204)
        .with_authenticated(false)
}
