//! A transport that learns the credentials of requests.

use bytes::Bytes;
use gatelet_models::Secret;
use gatelet_transport::{Transport, TransportError};
use http::header::AUTHORIZATION;
use http::{Request, Response};

use crate::redaction::KnownSecrets;

/// Adds the credential of each request to the secrets that no output shows: a server may repeat the bearer that it has issued.
#[derive(Debug)]
pub(crate) struct SecretsTransport<T> {
    inner: T,
    known: KnownSecrets,
}

impl<T> SecretsTransport<T> {
    /// Wraps a transport.
    pub(crate) fn new(inner: T, known: KnownSecrets) -> Self {
        Self { inner, known }
    }
}

impl<T: Transport> Transport for SecretsTransport<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if let Some(credential) = credential(&request) {
            self.known.add(&credential);
        }
        self.inner.send(request).await
    }
}

/// Returns the credential of a request, without its scheme.
fn credential(request: &Request<Bytes>) -> Option<Secret> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (_scheme, credential) = value.split_once(' ')?;
    Some(Secret::new(credential.to_owned()))
}

#[cfg(test)]
mod tests {
    use gatelet_transport::from_fn;

    use super::*;

    #[tokio::test]
    async fn the_credential_of_a_request_is_known_before_it_is_answered() {
        let known = KnownSecrets::default();
        let redactor = known.redactor();
        let inner = from_fn(move |_| async { Ok(Response::new(Bytes::new())) });
        let transport = SecretsTransport::new(inner, known);
        let request = Request::get("https://h/a").header(AUTHORIZATION, "Bearer AnOpaqueBearer");
        let request = request.body(Bytes::new()).unwrap();
        transport.send(request).await.unwrap();
        assert_eq!(redactor.redact("AnOpaqueBearer, you"), "[redacted], you");
    }
}
