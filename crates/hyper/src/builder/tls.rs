//! TLS settings of the builder.

use std::sync::Arc;

use crate::builder::builder::HyperTransportBuilder;
use crate::connect::tls::identity::Identity;
use gatelet_transport::TransportError;

/// TLS settings. By default the authorities of the platform are trusted. Verification cannot be turned off.
impl HyperTransportBuilder {
    /// Trusts the certificates of a PEM text as authorities, in addition to those already trusted.
    ///
    /// An unusable certificate is skipped, which [`skipped_root_certificates`](Self::skipped_root_certificates) reports, and a
    /// warning with the feature `tracing`. Other text and sections of other kinds are ignored.
    ///
    /// # Errors
    ///
    /// A `Config` error if the text contains no usable certificate.
    pub fn add_root_certificates_pem(mut self, pem: &[u8]) -> Result<Self, TransportError> {
        self.tls.trust.add_pem(pem)?;
        Ok(self)
    }

    /// Returns why each certificate was skipped by [`add_root_certificates_pem`](Self::add_root_certificates_pem): its number in
    /// the text, counted from 1, and the reason.
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

    /// Trusts a certificate in DER form as an authority, in addition to those already trusted.
    ///
    /// # Errors
    ///
    /// A `Config` error if the certificate is invalid.
    pub fn add_root_certificate_der(
        mut self,
        der: impl Into<Vec<u8>>,
    ) -> Result<Self, TransportError> {
        self.tls.trust.add_der(der.into().into())?;
        Ok(self)
    }

    /// Trusts only the added authorities, not those of the platform. If none was added, every call over TLS is a `Config` error.
    pub fn only_these_roots(mut self) -> Self {
        self.tls.trust.only_added_roots();
        self
    }

    /// Trusts the authorities in the crate `webpki-roots` (Mozilla's) instead of those of the platform.
    #[cfg(feature = "webpki-roots")]
    pub fn use_webpki_roots(mut self) -> Self {
        self.tls.trust.use_bundled_roots();
        self
    }

    /// Trusts one server certificate, given by the SHA-256 of its DER form: 64 hexadecimal digits with or without colons, as
    /// printed by `openssl x509 -noout -fingerprint -sha256`. Can be called again to add a second pin during a renewal.
    ///
    /// A pin replaces all authorities: no other certificate is accepted from any server. That the server has the certificate's
    /// key is verified as usual. Name, issuer and dates are not checked, so a pinned certificate is accepted even after it has
    /// expired.
    ///
    /// # Errors
    ///
    /// A `Config` error if the text is not a SHA-256.
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

    /// Calls a function with the certificate of each server that a handshake begins with, in DER form, before it is verified: to show who issued
    /// one that is refused, or when it ends. It does not decide what is accepted, and must not block. It gets no certificate of a proxy.
    ///
    /// ```
    /// let transport = gatelet_hyper::HyperTransport::builder()
    ///     .on_server_certificate(|der| eprintln!("a certificate of {} bytes", der.len()))
    ///     .build();
    /// # let _ = transport;
    /// ```
    pub fn on_server_certificate(
        mut self,
        observer: impl Fn(&[u8]) + Send + Sync + 'static,
    ) -> Self {
        self.tls.observer = Some(Arc::new(observer));
        self
    }

    /// Presents this certificate to servers that request one: a chain in PEM form, the client's own certificate first, and its
    /// private key in PEM form (PKCS #8, PKCS #1 or SEC 1). The decoded key is zeroed after it was handed to the TLS library;
    /// the library's copy and the given text are not.
    ///
    /// # Errors
    ///
    /// A `Config` error if one of them is missing or invalid, or if the key does not match the certificate.
    pub fn client_certificate_pem(
        mut self,
        chain: &[u8],
        key: &[u8],
    ) -> Result<Self, TransportError> {
        self.tls.identity = Some(Identity::from_pem(chain, key)?);
        Ok(self)
    }
}
