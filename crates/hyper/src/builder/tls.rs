//! The part of the set-up that is about TLS.

use crate::builder::builder::HyperTransportBuilder;
use crate::connect::tls::identity::Identity;
use gatelet_transport::TransportError;

/// Whom TLS trusts: the platform's authorities, unless one of these says otherwise. Nothing turns verification off.
impl HyperTransportBuilder {
    /// Trusts the certificates of a PEM text as authorities, beside those that are trusted anyway.
    ///
    /// A certificate of the text that cannot be used is skipped, and spoils no other:
    /// [`skipped_root_certificates`](Self::skipped_root_certificates) tells of it, and with the feature `tracing` a warning.
    /// Other text, and sections of other kinds, are passed over.
    ///
    /// # Errors
    ///
    /// A `Config` error when the text holds no certificate that can be used.
    pub fn add_root_certificates_pem(mut self, pem: &[u8]) -> Result<Self, TransportError> {
        self.tls.trust.add_pem(pem)?;
        Ok(self)
    }

    /// Returns what is wrong with each certificate that [`add_root_certificates_pem`](Self::add_root_certificates_pem) has
    /// skipped: its number in the text, from 1 on, and the reason.
    ///
    /// ```
    /// use gatelet_hyper::HyperTransport;
    ///
    /// # fn bundle(pem: &[u8]) -> Result<(), gatelet_transport::TransportError> {
    /// let builder = HyperTransport::builder().add_root_certificates_pem(pem)?;
    /// for skipped in builder.skipped_root_certificates() {
    ///     eprintln!("warning: {skipped}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn skipped_root_certificates(&self) -> &[Box<str>] {
        self.tls.trust.skipped()
    }

    /// Trusts a certificate in DER form as an authority, beside those that are trusted anyway.
    ///
    /// # Errors
    ///
    /// A `Config` error when the certificate is broken.
    pub fn add_root_certificate_der(
        mut self,
        der: impl Into<Vec<u8>>,
    ) -> Result<Self, TransportError> {
        self.tls.trust.add_der(der.into().into())?;
        Ok(self)
    }

    /// Trusts the added authorities alone, and the platform's no more. Without an added one every call over TLS is a
    /// `Config` error.
    pub fn only_these_roots(mut self) -> Self {
        self.tls.trust.only_added_roots();
        self
    }

    /// Trusts the authorities that the crate `webpki-roots` brings along (Mozilla's) instead of the platform's.
    #[cfg(feature = "webpki-roots")]
    pub fn use_webpki_roots(mut self) -> Self {
        self.tls.trust.use_bundled_roots();
        self
    }

    /// Trusts one server certificate, known by the SHA-256 of its DER form: 64 hexadecimal digits with or without colons,
    /// as `openssl x509 -noout -fingerprint -sha256` prints them. Called again, it adds one, for the time of a renewal.
    ///
    /// A pin takes the place of every authority: no other certificate is accepted from any server. That the server holds
    /// the certificate's key is verified as always; its name, its issuer and its dates are not looked at, so a pinned
    /// certificate is accepted after it has expired too, for as long as it is pinned.
    ///
    /// # Errors
    ///
    /// A `Config` error when the text is not a SHA-256.
    ///
    /// ```
    /// # fn main() -> Result<(), gatelet_transport::TransportError> {
    /// let active_gate = gatelet_hyper::HyperTransport::builder()
    ///     .pin_server_certificate("F2:CA:1B:B6:C7:E9:07:D0:6D:AF:E4:68:7E:57:9F:CE:\
    ///                              76:B3:7E:4E:93:B7:60:50:22:DA:52:E6:CC:C2:6F:D2")?
    ///     .build();
    /// # let _ = active_gate;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pin_server_certificate(mut self, sha256: &str) -> Result<Self, TransportError> {
        self.tls.trust.pin(sha256)?;
        Ok(self)
    }

    /// Shows this certificate to servers that ask for one: a chain in PEM form, the client's own certificate first, and
    /// its private key in PEM form (PKCS #8, PKCS #1 or SEC 1). The key is decoded, handed to the TLS library and zeroed
    /// here; neither the library's copy nor the given text is.
    ///
    /// # Errors
    ///
    /// A `Config` error when one of them is missing or broken, or when they do not belong together.
    pub fn client_certificate_pem(
        mut self,
        chain: &[u8],
        key: &[u8],
    ) -> Result<Self, TransportError> {
        self.tls.identity = Some(Identity::from_pem(chain, key)?);
        Ok(self)
    }
}
