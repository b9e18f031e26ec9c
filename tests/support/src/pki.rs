//! A private certificate authority and the certificates that it signs.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

/// A certificate authority.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// Creates an authority.
    #[must_use]
    pub fn new() -> Self {
        Self::with(CertificateParams::default())
    }

    /// Creates an authority whose own certificate has expired.
    #[must_use]
    pub fn expired() -> Self {
        let mut params = CertificateParams::default();
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        Self::with(params)
    }

    fn with(mut params: CertificateParams) -> Self {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Returns the authority's certificate as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Returns the authority's certificate as DER.
    #[must_use]
    pub fn der(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// Signs a certificate for this name, with the parameters changed by `change`.
    #[must_use]
    pub fn certify(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            key,
        }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// A certificate and its key.
#[derive(Debug)]
#[non_exhaustive]
pub struct Identity {
    /// The certificate as DER.
    pub certificate: CertificateDer<'static>,
    /// The certificate as PEM.
    pub pem: String,
    /// The private key.
    pub key: KeyPair,
}

impl Identity {
    /// Creates a self-signed certificate for this name, with the parameters changed by `change`.
    #[must_use]
    pub fn self_signed(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            key,
        }
    }

    /// Returns the SHA-256 fingerprint of the certificate in hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let suite = rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
        let hash = suite.tls13().unwrap().common.hash_provider;
        let hash = hash.hash(&self.certificate);
        hash.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Returns the private key for rustls.
    #[must_use]
    pub fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }

    /// Returns the configuration of a server with this certificate. With `clients` it requires a certificate signed by that root.
    #[must_use]
    pub fn server_config(&self, clients: Option<&CertificateDer<'static>>) -> ServerConfig {
        self.server_config_with_versions(rustls::DEFAULT_VERSIONS, clients)
    }

    /// Like [`server_config`](Self::server_config), but for these versions of TLS.
    #[must_use]
    pub fn server_config_with_versions(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        clients: Option<&CertificateDer<'static>>,
    ) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(versions)
            .unwrap();
        let builder = match clients {
            Some(root) => {
                let mut roots = RootCertStore::empty();
                roots.add(root.clone()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .build()
                        .unwrap();
                builder.with_client_cert_verifier(verifier)
            }
            None => builder.with_no_client_auth(),
        };
        builder
            .with_single_cert(vec![self.certificate.clone()], self.private_key())
            .unwrap()
    }
}
