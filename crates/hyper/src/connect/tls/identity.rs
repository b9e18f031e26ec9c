//! The client certificate, for servers that request one.

use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, InconsistentKeys};
use zeroize::Zeroizing;

use crate::connect::tls::crypto::signing_key;
use crate::connect::tls::pem::certificates;
use crate::error::config;
use gatelet_transport::TransportError;

/// A certificate chain and its private key. It has no `Debug`, so the key cannot be printed.
#[derive(Clone)]
pub(crate) struct Identity(Arc<CertifiedKey>);

impl Identity {
    /// Parses both PEM texts and checks that the key matches the certificate.
    pub(crate) fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TransportError> {
        // A chain with a gap may be useless, so an invalid certificate is an error here.
        let chain: Vec<_> = certificates(chain)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|reason| config(format!("a certificate of the chain {reason}")))?;
        if chain.is_empty() {
            return Err(config("the chain contains no certificate in PEM form"));
        }
        // The parser errors are dropped: they might contain a piece of the key.
        let key = PrivateKeyDer::from_pem_slice(key)
            .map(Zeroizing::new)
            .map_err(|_| config("the key is not a private key in PEM form"))?;
        let key = signing_key(&key)
            .map_err(|_| config("the type of the private key is not supported"))?;
        let identity = CertifiedKey::new(chain, key);
        match identity.keys_match() {
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {
                Ok(Self(Arc::new(identity)))
            }
            Err(error) => Err(config(error)),
        }
    }

    pub(crate) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(self.0.clone().into())
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::Identity;
    use gatelet_transport::TransportErrorKind;

    fn certified() -> (String, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["client".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key)
    }

    #[test]
    fn a_chain_with_an_invalid_certificate_is_refused_and_an_extra_key_is_skipped() {
        let (own, key) = certified();
        let (issuer, _) = certified();
        let key = key.serialize_pem();
        let text = format!("{key}# chain\n{own}{issuer}").replace('\n', "\r\n");
        assert!(Identity::from_pem(text.as_bytes(), text.as_bytes()).is_ok());
        for broken in [
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n?!\n-----END CERTIFICATE-----\n",
            "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nMIIB\n",
        ] {
            for chain in [
                format!("{own}{broken}"),
                format!("{own}{broken}{issuer}"),
                format!("{broken}{own}"),
            ] {
                let error = Identity::from_pem(chain.as_bytes(), key.as_bytes());
                let error = error.err().unwrap();
                assert_eq!(error.kind(), TransportErrorKind::Config, "{chain}");
            }
        }
    }

    #[test]
    fn a_key_that_does_not_match_the_chain_is_refused_at_once() {
        let (chain, key) = certified();
        let (_, other) = certified();
        let (key, other) = (key.serialize_pem(), other.serialize_pem());
        assert!(Identity::from_pem(chain.as_bytes(), key.as_bytes()).is_ok());
        let broken = key.replace("MIG", "M?G");
        for (chain, key) in [
            (&*chain, &*other),
            (&chain, &broken),
            (&chain, &chain),
            (&chain, ""),
            ("", &key),
            (&key, &key),
        ] {
            let error = Identity::from_pem(chain.as_bytes(), key.as_bytes())
                .err()
                .unwrap();
            assert_eq!(error.kind(), TransportErrorKind::Config);
            for line in key.lines().filter(|line| !line.starts_with('-')) {
                assert!(!format!("{error:?}").contains(line));
            }
        }
    }
}
