//! TLS connections with rustls.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::client::ResolvesClientCert;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::connect::base_stream::BaseStream;
use crate::connect::tls::crypto::provider;
use crate::connect::tls::identity::Identity;
use crate::connect::tls::observed::{Observed, Observer};
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
    /// Gets the certificates of servers, but not those of proxies.
    pub(crate) observer: Option<Observer>,
}

/// Opens TLS connections. Trust roots are loaded at the first handshake, because they would dominate the start of a short program.
pub(crate) struct Tls {
    options: TlsOptions,
    /// For servers.
    config: Mutex<Option<Arc<ClientConfig>>>,
    /// For proxies.
    proxy_config: Mutex<Option<Arc<ClientConfig>>>,
}

impl Tls {
    pub(crate) fn new(options: TlsOptions) -> Self {
        Self {
            options,
            config: Mutex::default(),
            proxy_config: Mutex::default(),
        }
    }

    pub(crate) async fn handshake(
        &self,
        origin: &Origin,
        stream: BaseStream,
    ) -> Result<TlsStream<BaseStream>, TransportError> {
        let config = made(&self.config, || self.options.client_config())?;
        let tls = TlsConnector::from(config);
        tls.connect(name(origin)?, stream).await.map_err(refused)
    }

    /// Shakes hands with a proxy, which is trusted by its authority alone, and gets no certificate of ours.
    pub(crate) async fn handshake_with_proxy(
        &self,
        origin: &Origin,
        stream: Socket,
    ) -> Result<TlsStream<Socket>, TransportError> {
        let config = made(&self.proxy_config, || self.options.proxy_config())?;
        let tls = TlsConnector::from(config);
        let shaken = tls.connect(name(origin)?, stream).await;
        shaken.map_err(|error| {
            let kind = refused_kind(&error);
            TransportError::new(kind).with_source(format!("TLS with the proxy: {error}"))
        })
    }
}

fn name(origin: &Origin) -> Result<ServerName<'static>, TransportError> {
    ServerName::try_from(origin.host().to_owned()).map_err(config)
}

/// Returns the configuration, which is made once.
fn made(
    config: &Mutex<Option<Arc<ClientConfig>>>,
    make: impl FnOnce() -> Result<ClientConfig, TransportError>,
) -> Result<Arc<ClientConfig>, TransportError> {
    let mut made = config.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(config) = &*made {
        return Ok(config.clone());
    }
    Ok(made.insert(Arc::new(make()?)).clone())
}

impl TlsOptions {
    fn proxy_config(&self) -> Result<ClientConfig, TransportError> {
        let provider = provider();
        let verifier = self.trust.without_pins().verifier(provider.clone())?;
        Ok(ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(config)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth())
    }

    fn client_config(&self) -> Result<ClientConfig, TransportError> {
        let provider = provider();
        let verifier = self.trust.verifier(provider.clone())?;
        let verifier: Arc<dyn ServerCertVerifier> = match &self.observer {
            Some(observer) => Arc::new(Observed {
                inner: verifier,
                observer: observer.clone(),
            }),
            None => verifier,
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(config)?
            // "Dangerous" is the name in rustls; each of our verifiers checks the server.
            .dangerous()
            .with_custom_certificate_verifier(verifier);
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

pub(crate) fn speaks_http2(stream: &TlsStream<BaseStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// Classifies a failed handshake: what rustls refuses is `Tls` and final, a peer that hangs up is a failed connection.
fn refused(error: std::io::Error) -> TransportError {
    TransportError::new(refused_kind(&error)).with_source(error)
}

fn refused_kind(error: &std::io::Error) -> TransportErrorKind {
    let cause = error.get_ref();
    match cause.is_some_and(|inner| inner.is::<rustls::Error>()) {
        true => TransportErrorKind::Tls,
        false => TransportErrorKind::Connect(ConnectFailure::Other),
    }
}
