//! The transport itself.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gatelet_transport::{
    BodyLimit, Phase, TooLarge, Transport, TransportError, TransportErrorKind,
};
use http::{Request, Response};
use reqwest::Client;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::failure::{config, failure};

/// HTTP/1.1 and TLS by reqwest; a clone shares the pool of connections. Calls need a tokio runtime.
///
/// ```
/// use gatelet_reqwest::ReqwestTransport;
///
/// # fn main() -> Result<(), gatelet_transport::TransportError> {
/// let transport = ReqwestTransport::new()?.body_limit(64 * 1024 * 1024);
/// # let _ = transport;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: Client,
    body_limit: Option<BodyLimit>,
}

impl ReqwestTransport {
    /// Creates a transport with the body limit of each call. Reads the trust roots of the platform and opens no socket.
    ///
    /// # Errors
    ///
    /// A `Config` error when the platform has no trust roots.
    pub fn new() -> Result<Self, TransportError> {
        let client = Client::builder()
            // The contract of a transport: each response as received, and nothing sent twice.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // No proxy from the environment by default, as in `HyperTransport`.
            .no_proxy()
            .tls_backend_preconfigured(tls()?)
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(20))
            .build()
            .map_err(config)?;
        Ok(Self {
            client,
            body_limit: None,
        })
    }

    /// Sets the body limit in bytes. The smaller of it and a call's own limit counts.
    #[must_use]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = Some(BodyLimit::new(bytes));
        self
    }
}

/// Reads a body up to a limit.
async fn read_body(
    received: &mut reqwest::Response,
    limit: BodyLimit,
) -> Result<Bytes, TransportError> {
    let too_large = || {
        TransportError::new(TransportErrorKind::TooLarge {
            what: TooLarge::Body,
            limit: limit.bytes(),
        })
    };
    if received.content_length() > Some(limit.bytes()) {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = received
        .chunk()
        .await
        .map_err(|error| failure(error, Phase::Stall))?
    {
        if (body.len() + chunk.len()) as u64 > limit.bytes() {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let limit = BodyLimit::effective(BodyLimit::of(&request), self.body_limit);
        let mut received = self
            .client
            .execute(unchanged(request)?)
            .await
            .map_err(|error| failure(error, Phase::FirstByte))?;
        let body = read_body(&mut received, limit).await;
        let with_head =
            |error: TransportError| error.with_head(received.status(), received.headers().clone());
        let mut response = Response::new(body.map_err(with_head)?);
        *response.status_mut() = received.status();
        *response.version_mut() = received.version();
        *response.headers_mut() = std::mem::take(received.headers_mut());
        Ok(response)
    }
}

/// Converts the request, and refuses a path or query that reqwest would change: its `url` drops `..` and escapes too much.
fn unchanged(request: Request<Bytes>) -> Result<reqwest::Request, TransportError> {
    let uri = request.uri().clone();
    let request = reqwest::Request::try_from(request).map_err(config)?;
    let url = request.url();
    if (url.path(), url.query()) == (uri.path(), uri.query()) {
        Ok(request)
    } else {
        Err(TransportError::new(TransportErrorKind::Config)
            .with_source("reqwest would change the path or the query"))
    }
}

/// Configures rustls with ring and the platform's verifier, without a process-wide default provider.
fn tls() -> Result<ClientConfig, TransportError> {
    let config =
        |error: rustls::Error| TransportError::new(TransportErrorKind::Config).with_source(error);
    let builder =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_platform_verifier())
            .map_err(config)?;
    Ok(builder.with_no_client_auth())
}
