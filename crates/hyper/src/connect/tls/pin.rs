//! Servers that are known by their certificate itself.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::hash::{Hash, HashAlgorithm};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, OtherError, SignatureScheme, SupportedCipherSuite};

/// The SHA-256 of a certificate in DER form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Parses 64 hexadecimal digits, with or without colons between the bytes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = if text.contains(':') {
            let pairs = text.split(':').map(str::as_bytes);
            pairs
                .map(|pair| <[u8; 2]>::try_from(pair).ok())
                .collect::<Option<Vec<_>>>()?
                .concat()
        } else {
            text.as_bytes().to_vec()
        };
        let digits: [u8; 64] = digits.try_into().ok()?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            *byte = u8::try_from(high? << 4 | low?).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Accepts only the pinned certificates. That the peer has the certificate's key is verified as usual.
#[derive(Debug)]
pub(crate) struct Pinned {
    pins: Vec<Fingerprint>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    pub(crate) fn new(pins: Vec<Fingerprint>, provider: Arc<CryptoProvider>) -> Self {
        Self { pins, provider }
    }

    fn fingerprint(&self, certificate: &[u8]) -> Option<Fingerprint> {
        let hash = sha256(&self.provider)?.hash(certificate);
        hash.as_ref().try_into().map(Fingerprint).ok()
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.fingerprint(end_entity) {
            Some(found) if self.pins.contains(&found) => Ok(ServerCertVerified::assertion()),
            found => Err(OtherError(Arc::new(NotPinned(found))).into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Returns the provider's SHA-256. Every provider has it for its cipher suites.
fn sha256(provider: &CryptoProvider) -> Option<&'static dyn Hash> {
    let hashes = provider.cipher_suites.iter().map(|suite| match suite {
        SupportedCipherSuite::Tls12(suite) => suite.common.hash_provider,
        SupportedCipherSuite::Tls13(suite) => suite.common.hash_provider,
    });
    hashes
        .into_iter()
        .find(|hash| hash.algorithm() == HashAlgorithm::SHA256)
}

/// The error for a server that presents another certificate, with its fingerprint.
#[derive(Debug)]
struct NotPinned(Option<Fingerprint>);

impl fmt::Display for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server's certificate is not pinned")?;
        match self.0 {
            Some(found) => write!(f, "; its SHA-256 is {found}"),
            None => Ok(()),
        }
    }
}

impl StdError for NotPinned {}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, sha256};
    use crate::connect::tls::crypto::provider;

    #[test]
    fn a_fingerprint_parses_with_and_without_colons() {
        let plain = "00ff10".repeat(10) + "abCD";
        let colons: Vec<_> = plain
            .as_bytes()
            .chunks(2)
            .map(|pair| str::from_utf8(pair).unwrap())
            .collect();
        let colons = colons.join(":");
        let read = Fingerprint::parse(&plain).unwrap();
        assert_eq!(Fingerprint::parse(&colons), Some(read));
        assert_eq!(read.to_string(), colons.to_uppercase());
        for bad in [
            "",
            "00",
            &plain[2..],
            &format!("{plain}00"),
            &format!("0:{}", &colons[3..]),
        ] {
            assert_eq!(Fingerprint::parse(bad), None, "{bad}");
        }
        assert_eq!(Fingerprint::parse(&plain.replace("00", "+0")), None);
    }

    #[test]
    fn the_provider_hash_matches_the_standard() {
        // FIPS 180-4, example of three bytes.
        let expected = "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23\
                        :B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";
        let hash = sha256(&provider()).unwrap().hash(b"abc");
        let found = Fingerprint(hash.as_ref().try_into().unwrap());
        assert_eq!(found.to_string(), expected);
    }
}
