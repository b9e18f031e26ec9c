//! Certificates for either end.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::wire::Secret;

/// A certificate that vouches for itself, and its key.
pub(crate) struct Identity {
    pub(crate) pem: String,
    pub(crate) key: KeyPair,
    certificate: CertificateDer<'static>,
}

impl Identity {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key,
        }
    }

    /// A client that trusts this one alone.
    pub(crate) fn trusting(&self) -> HyperTransportBuilder {
        HyperTransport::builder()
            .add_root_certificates_pem(self.pem.as_bytes())
            .unwrap()
            .only_these_roots()
    }

    /// A client that shows this one.
    pub(crate) fn shown_by(&self, client: HyperTransportBuilder) -> HyperTransportBuilder {
        let key = self.key.serialize_pem();
        client
            .client_certificate_pem(self.pem.as_bytes(), key.as_bytes())
            .unwrap()
    }

    /// A server that shows this one, speaks this protocol, and wants to see that one.
    pub(crate) fn server(&self, protocol: &str, client: Option<&Self>) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match client {
            Some(client) => {
                let mut roots = RootCertStore::empty();
                roots.add(client.certificate.clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
            None => builder.with_no_client_auth(),
        };
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let mut config = builder
            .with_single_cert(vec![self.certificate.clone()], key)
            .unwrap();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        config
    }

    /// The private number in its key.
    pub(crate) fn secret(&self) -> Secret {
        let document = self.key.serialize_der();
        // PKCS #8 of a P-256 key: the public key is at the end, behind the private one.
        let begin = [0x02, 0x01, 0x01, 0x04, 0x20];
        let at = document.windows(5).position(|window| window == begin);
        let number = &document[at.unwrap() + 5..][..32];
        Secret::new("a private key", number)
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
