//! A transport over ureq.

use std::io::ErrorKind;
use std::time::Duration;

use bytes::Bytes;
use gatelet_transport::{
    BodyLimit, ConnectFailure, Phase, TooLarge, Transport, TransportError, TransportErrorKind,
};
use http::{Request, Response};
use ureq::{Agent, Error, Timeout};

/// HTTP/1.1 and TLS by ureq. A call blocks the polling thread until the response has arrived, so only the timeouts in here
/// can end it early.
#[derive(Clone, Debug)]
pub struct UreqTransport(Agent);

impl UreqTransport {
    /// Creates a transport. It connects with the first call.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let config = Agent::config_builder()
            // The contract of a transport: each response as received.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // No proxy from the environment by default, as in `HyperTransport`.
            .proxy(None)
            .max_response_header_size(64 * 1024)
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self(config.new_agent())
    }
}

impl Transport for UreqTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let limit = BodyLimit::effective(BodyLimit::of(&request), None);
        let (parts, body) = request.into_parts();
        let result = if body.is_empty() {
            self.0.run(Request::from_parts(parts, ()))
        } else {
            self.0.run(Request::from_parts(parts, &*body))
        };
        let (parts, mut body) = result.map_err(failure)?.into_parts();
        let body = body.with_config().limit(limit.bytes()).read_to_vec();
        let body =
            body.map_err(|error| failure(error).with_head(parts.status, parts.headers.clone()))?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

/// Classifies an error. All kinds but `Connect` and `Tls` mean that the request may have been sent.
fn failure(error: Error) -> TransportError {
    use TransportErrorKind::{Config, Connect, Interrupted, Protocol, Tls};
    let kind = match &error {
        Error::HostNotFound => Connect(ConnectFailure::Dns),
        Error::ConnectionFailed => Connect(ConnectFailure::Other),
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            Connect(ConnectFailure::Refused)
        }
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            TransportErrorKind::Timeout(Phase::Connect)
        }
        Error::Timeout(_) => TransportErrorKind::Timeout(Phase::Attempt),
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => Tls,
        Error::BadUri(_) | Error::Http(_) => Config,
        Error::Protocol(_) => Protocol,
        Error::LargeResponseHeader(_, limit) => TransportErrorKind::TooLarge {
            what: TooLarge::Head,
            limit: *limit as u64,
        },
        Error::BodyExceedsLimit(limit) => TransportErrorKind::TooLarge {
            what: TooLarge::Body,
            limit: *limit,
        },
        _ => Interrupted,
    };
    TransportError::new(kind).with_source(error)
}
