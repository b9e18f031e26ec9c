//! TLS by rustls, with its provider passed by hand and its trust loaded late.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::origin::Origin;
use super::socket::Socket;
use crate::{BoxError, ConnectFailure, TransportError, TransportErrorKind};

/// Whom a client trusts, beyond the platform.
#[derive(Clone, Default)]
pub(super) struct Trust {
    extra_roots: Vec<CertificateDer<'static>>,
    #[cfg(feature = "webpki-roots")]
    bundled_roots: bool,
}

impl Trust {
    /// Adds every certificate of a PEM text; one at least.
    pub(super) fn add_pem(&mut self, pem: &[u8]) -> Result<(), TransportError> {
        let before = self.extra_roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            self.add_der(certificate.map_err(config)?)?;
        }
        if self.extra_roots.len() == before {
            return Err(config("the PEM text holds no certificate"));
        }
        Ok(())
    }

    pub(super) fn add_der(
        &mut self,
        certificate: CertificateDer<'static>,
    ) -> Result<(), TransportError> {
        // Tried now, so that a broken certificate is an error of the set-up and not of the first call.
        RootCertStore::empty()
            .add(certificate.clone())
            .map_err(config)?;
        self.extra_roots.push(certificate);
        Ok(())
    }

    #[cfg(feature = "webpki-roots")]
    pub(super) fn use_bundled_roots(&mut self) {
        self.bundled_roots = true;
    }

    fn verifier(
        &self,
        provider: Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, TransportError> {
        #[cfg(feature = "webpki-roots")]
        if self.bundled_roots {
            let mut roots =
                RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            roots.add_parsable_certificates(self.extra_roots.iter().cloned());
            return rustls::client::WebPkiServerVerifier::builder_with_provider(
                Arc::new(roots),
                provider,
            )
            .build()
            .map(|verifier| verifier as _)
            .map_err(config);
        }
        let verifier = Verifier::new_with_extra_roots(self.extra_roots.iter().cloned(), provider)
            .map_err(config)?;
        Ok(Arc::new(verifier))
    }
}

/// Makes TLS connections. The trust roots are read at the first handshake: they are most of a short program's start.
pub(super) struct Tls {
    trust: Trust,
    config: Mutex<Option<Arc<ClientConfig>>>,
}

impl Tls {
    pub(super) fn new(trust: Trust) -> Self {
        Self {
            trust,
            config: Mutex::new(None),
        }
    }

    pub(super) async fn handshake(
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
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut fresh = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(config)?
            // The name is rustls's; the verifier below is the platform's own.
            .dangerous()
            .with_custom_certificate_verifier(self.trust.verifier(provider)?)
            .with_no_client_auth();
        fresh.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(made.insert(Arc::new(fresh)).clone())
    }
}

pub(super) fn speaks_http2(stream: &TlsStream<Socket>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// What rustls itself refuses is `Tls` and final; a peer that hangs up in the handshake is a connection that failed.
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

fn config(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Config).with_source(reason)
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;

    use super::Trust;
    use crate::TransportErrorKind;

    #[test]
    fn a_broken_root_certificate_is_refused_at_once() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in ["", "not PEM", broken, "-----BEGIN CERTIFICATE-----\n"] {
            let error = Trust::default().add_pem(pem.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Config, "{pem}");
        }
        let error = Trust::default()
            .add_der(CertificateDer::from(vec![0x30, 0]))
            .unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Config);
    }
}
