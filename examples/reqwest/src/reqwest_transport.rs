//! Requests and answers, as reqwest takes and gives them.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gatelet_transport::{Phase, TooLarge, Transport, TransportError, TransportErrorKind};
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
/// let transport = ReqwestTransport::new()?.max_body_size(64 * 1024 * 1024);
/// # let _ = transport;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: Client,
    body_limit: u64,
}

impl ReqwestTransport {
    /// A transport with a limit of 10 MiB for the body of an answer. The trust roots of the platform are read; no socket is
    /// opened.
    ///
    /// # Errors
    ///
    /// A `Config` error when the platform has no trust roots.
    pub fn new() -> Result<Self, TransportError> {
        let client = Client::builder()
            // What the contract of a transport asks for: each answer as it came, and nothing sent twice.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // Off by default, as in `HyperTransport`: a variable of the environment decides nothing.
            .no_proxy()
            .tls_backend_preconfigured(tls()?)
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(20))
            .build()
            .map_err(config)?;
        Ok(Self {
            client,
            body_limit: 10 * 1024 * 1024,
        })
    }

    /// Sets the largest body of an answer, in bytes.
    #[must_use]
    pub fn max_body_size(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    async fn body(&self, answer: &mut reqwest::Response) -> Result<Bytes, TransportError> {
        let too_large = || {
            TransportError::new(TransportErrorKind::TooLarge {
                what: TooLarge::Body,
                limit: self.body_limit,
            })
        };
        if answer.content_length() > Some(self.body_limit) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| failure(error, Phase::Stall))?
        {
            if (body.len() + chunk.len()) as u64 > self.body_limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut answer = self
            .client
            .execute(unchanged(request)?)
            .await
            .map_err(|error| failure(error, Phase::FirstByte))?;
        let body = self.body(&mut answer).await;
        let with_head = |error: TransportError| error.with_head(answer.status(), answer.headers().clone());
        let mut response = Response::new(body.map_err(with_head)?);
        *response.status_mut() = answer.status();
        *response.version_mut() = answer.version();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

/// The request in reqwest's form, whose `url` drops `..` and escapes more than it must: what it would change is not sent.
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

/// rustls with ring and the platform's verifier; the provider is passed by hand, so none has to be installed.
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
