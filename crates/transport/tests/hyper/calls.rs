//! Whole calls, as a client makes them.

use bytes::Bytes;
use gatelet_transport::{
    ApiError, BaseUrl, Call, Channel, Dialect, HyperTransport, Timeouts, TokioClock,
};
use http::{Method, StatusCode};

use super::wire::Wire;

/// Knows no errors.
struct Plain;

impl Dialect for Plain {
    fn api_error(&self, _: StatusCode, _: &str) -> Option<ApiError> {
        None
    }
}

/// Makes calls to this server.
pub(crate) fn channel(wire: &Wire, transport: &HyperTransport, timeouts: Timeouts) -> Channel {
    Channel::builder(BaseUrl::parse(&wire.url("")).unwrap(), Plain)
        .timeouts(timeouts)
        .build_with(transport.clone(), TokioClock::new())
        .unwrap()
}

/// A call that must not be made twice.
pub(crate) fn create(body: Bytes) -> Call {
    Call {
        operation: "test Create",
        method: Method::POST,
        path: "/v1/things".into(),
        template: "/v1/things",
        query: None,
        body: Some(body),
        idempotent: false,
        success: 201,
        authenticated: false,
    }
}

/// A call that may be made twice, and has no output.
pub(crate) fn delete(path: &str) -> Call {
    Call {
        operation: "test Delete",
        method: Method::DELETE,
        path: path.into(),
        template: "/v1/things/{id}",
        query: None,
        body: None,
        idempotent: true,
        success: 204,
        authenticated: false,
    }
}
