//! TLS connections with rustls.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::connect::tls::crypto::provider;
use crate::connect::tls::identity::Identity;
use crate::connect::tls::trust::Trust;
use crate::error::config;
use crate::io::socket::Socket;
use crate::origin::Origin;
use gatelet_transport::{ConnectFailure, TransportError, TransportErrorKind};

/// The servers that a client trusts, and its own identity.
#[derive(Clone, Default)]
pub(crate) struct TlsOptions {
    pub(crate) trust: Trust,
    pub(crate) identity: Option<Identity>,
}

/// Opens TLS connections. Trust roots are loaded at the first handshake, because they would dominate the start of a short program.
pub(crate) struct Tls {
    options: TlsOptions,
    config: Mutex<Option<Arc<ClientConfig>>>,
}

impl Tls {
    pub(crate) fn new(options: TlsOptions) -> Self {
        Self {
            options,
            config: Mutex::new(None),
        }
    }

    pub(crate) async fn handshake(
        &self,
        origin: &Origin,
        stream: Socket,
    ) -> Result<TlsStream<Socket>, TransportError> {
        let name = ServerName::try_from(origin.host().to_owned()).map_err(config)?;
        TlsConnector::from(self.config()?)
            .connect(name, stream)
            .await
            .map_err(refused)
    }

    fn config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        let mut made = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = &*made {
            return Ok(config.clone());
        }
        let fresh = self.options.client_config()?;
        Ok(made.insert(Arc::new(fresh)).clone())
    }
}

impl TlsOptions {
    fn client_config(&self) -> Result<ClientConfig, TransportError> {
        let provider = provider();
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(config)?
            // "Dangerous" is the name in rustls; each of our verifiers checks the server.
            .dangerous()
            .with_custom_certificate_verifier(self.trust.verifier(provider)?);
        let mut config = match &self.identity {
            Some(identity) => {
                let resolver: Arc<dyn ResolvesClientCert> = identity.resolver();
                builder.with_client_cert_resolver(resolver)
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

pub(crate) fn speaks_http2(stream: &TlsStream<Socket>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// Classifies a failed handshake: what rustls refuses is `Tls` and final, a peer that hangs up is a failed connection.
fn refused(error: std::io::Error) -> TransportError {
    let by_rustls = error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>());
    TransportError::new(if by_rustls {
        TransportErrorKind::Tls
    } else {
        TransportErrorKind::Connect(ConnectFailure::Other)
    })
    .with_source(error)
}
