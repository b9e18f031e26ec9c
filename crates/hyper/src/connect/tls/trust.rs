//! The servers that a client trusts.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

use crate::connect::tls::pem::certificates;
use crate::connect::tls::pin::{Fingerprint, Pinned};
use crate::error::config;
use gatelet_transport::TransportError;

/// The subject of errors about root certificates.
const ROOTS: &str = "the root certificates";

/// Trusted authorities and pinned certificates.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    base: Base,
    extra_roots: Vec<CertificateDer<'static>>,
    /// Why each skipped certificate is unusable.
    skipped: Vec<Box<str>>,
    /// A pin replaces all authorities.
    pins: Vec<Fingerprint>,
}

/// The authorities that are trusted besides the added ones.
#[derive(Clone, Copy, Default)]
enum Base {
    #[default]
    Platform,
    #[cfg(feature = "webpki-roots")]
    Bundled,
    Nothing,
}

impl Trust {
    /// Adds the usable certificates of a PEM text, at least one, and records why others were skipped.
    pub(crate) fn add_pem(&mut self, pem: &[u8]) -> Result<(), TransportError> {
        let (mut is_usable, mut skipped) = (false, Vec::<Box<str>>::new());
        for (index, found) in certificates(pem).into_iter().enumerate() {
            let added = match found {
                Ok(certificate) => self.add(certificate).map_err(|error| error.to_string()),
                Err(reason) => Err(reason.to_owned()),
            };
            is_usable |= added.is_ok();
            if let Err(reason) = added {
                let number = index.saturating_add(1);
                skipped.push(format!("certificate {number}: {reason}").into());
            }
        }
        if !is_usable {
            return Err(config(match skipped.first() {
                None => format!("{ROOTS}: the PEM text contains no certificate"),
                Some(first) => format!("{ROOTS}: no certificate is usable; {first}"),
            }));
        }
        for note in &skipped {
            warn_skipped_root(note);
        }
        self.skipped.append(&mut skipped);
        Ok(())
    }

    pub(crate) fn skipped(&self) -> &[Box<str>] {
        &self.skipped
    }

    pub(crate) fn add_der(
        &mut self,
        certificate: CertificateDer<'static>,
    ) -> Result<(), TransportError> {
        self.add(certificate)
            .map_err(|error| config(format!("{ROOTS}: {error}")))
    }

    /// Adds an authority. It is validated now, so that a broken one is reported at setup and not at the first call.
    fn add(&mut self, certificate: CertificateDer<'static>) -> Result<(), rustls::Error> {
        RootCertStore::empty().add(certificate.clone())?;
        if !self.extra_roots.contains(&certificate) {
            self.extra_roots.push(certificate);
        }
        Ok(())
    }

    pub(crate) fn only_added_roots(&mut self) {
        self.base = Base::Nothing;
    }

    #[cfg(feature = "webpki-roots")]
    pub(crate) fn use_bundled_roots(&mut self) {
        self.base = Base::Bundled;
    }

    pub(crate) fn pin(&mut self, sha256: &str) -> Result<(), TransportError> {
        let pin = Fingerprint::parse(sha256)
            .ok_or_else(|| config("the fingerprint is not a SHA-256 in hexadecimal"))?;
        self.pins.push(pin);
        Ok(())
    }

    /// Returns the authorities alone, for a proxy.
    pub(crate) fn without_pins(&self) -> Self {
        Self {
            pins: Vec::new(),
            ..self.clone()
        }
    }

    pub(crate) fn verifier(
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
                    "no root certificate is trusted: `only_these_roots` was set and none was added",
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

#[cfg(feature = "tracing")]
fn warn_skipped_root(note: &str) {
    tracing::warn!(note, "skipped an unusable root certificate");
}

#[cfg(not(feature = "tracing"))]
fn warn_skipped_root(_: &str) {}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use rustls::pki_types::CertificateDer;

    use super::Trust;
    use crate::connect::tls::crypto::provider;
    use gatelet_transport::TransportErrorKind;

    const BROKEN: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    fn authority() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(["authority".to_owned()]).unwrap();
        params.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn a_bundle_without_a_usable_certificate_is_refused_at_once() {
        for pem in ["", "not PEM", BROKEN, "-----BEGIN CERTIFICATE-----\n"] {
            let error = Trust::default().add_pem(pem.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Config, "{pem}");
            let reason = error.source().unwrap().to_string();
            assert!(reason.starts_with("the root certificates: "), "{reason}");
        }
        let error = Trust::default()
            .add_der(CertificateDer::from(vec![0x30, 0]))
            .unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Config);
    }

    #[test]
    fn an_invalid_certificate_of_a_bundle_is_skipped_and_recorded() {
        let (one, two) = (authority(), authority());
        let mut trust = Trust::default();
        let bundle = format!("{BROKEN}{one}{BROKEN}{two}{one}");
        trust.add_pem(bundle.as_bytes()).unwrap();
        assert_eq!(trust.extra_roots.len(), 2);
        let numbers = ["certificate 1: ", "certificate 3: "];
        assert_eq!(trust.skipped().len(), numbers.len());
        for (note, number) in trust.skipped().iter().zip(numbers) {
            assert!(note.starts_with(number), "{note}");
        }
        // Adding a certificate twice changes nothing.
        trust.add_pem(one.as_bytes()).unwrap();
        assert_eq!((trust.extra_roots.len(), trust.skipped().len()), (2, 2));
    }

    #[test]
    fn trust_without_any_root_is_refused() {
        let mut trust = Trust::default();
        trust.only_added_roots();
        let error = trust.verifier(provider()).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Config);
    }
}
