//! Which servers a client believes.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use super::pin::{Fingerprint, Pinned};
use super::tls::config;
use crate::TransportError;

/// The authorities and certificates that vouch for a server.
#[derive(Clone, Default)]
pub(super) struct Trust {
    base: Base,
    extra_roots: Vec<CertificateDer<'static>>,
    /// Where there is one, it takes the place of every authority.
    pins: Vec<Fingerprint>,
}

/// The authorities beneath those that were added.
#[derive(Clone, Copy, Default)]
enum Base {
    #[default]
    Platform,
    #[cfg(feature = "webpki-roots")]
    Bundled,
    Nothing,
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

    pub(super) fn only_added_roots(&mut self) {
        self.base = Base::Nothing;
    }

    #[cfg(feature = "webpki-roots")]
    pub(super) fn use_bundled_roots(&mut self) {
        self.base = Base::Bundled;
    }

    pub(super) fn pin(&mut self, sha256: &str) -> Result<(), TransportError> {
        let pin = Fingerprint::parse(sha256)
            .ok_or_else(|| config("the fingerprint is not a SHA-256 in hexadecimal digits"))?;
        self.pins.push(pin);
        Ok(())
    }

    pub(super) fn verifier(
        &self,
        provider: Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, TransportError> {
        if !self.pins.is_empty() {
            return Ok(Arc::new(Pinned::new(self.pins.clone(), provider)));
        }
        let mut roots = RootCertStore::empty();
        match self.base {
            Base::Platform => {
                let extra = self.extra_roots.iter().cloned();
                let verifier = Verifier::new_with_extra_roots(extra, provider).map_err(config)?;
                return Ok(Arc::new(verifier));
            }
            #[cfg(feature = "webpki-roots")]
            Base::Bundled => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Base::Nothing if self.extra_roots.is_empty() => {
                return Err(config(
                    "only added roots are to be trusted, and none was added",
                ));
            }
            Base::Nothing => {}
        }
        roots.add_parsable_certificates(self.extra_roots.iter().cloned());
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map(|verifier| verifier as _)
            .map_err(config)
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;

    use super::Trust;
    use crate::TransportErrorKind;
    use crate::hyper::provider::provider;

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

    #[test]
    fn trust_in_nobody_is_refused() {
        let mut trust = Trust::default();
        trust.only_added_roots();
        let error = trust.verifier(provider()).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Config);
    }
}
