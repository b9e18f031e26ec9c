//! The cryptography that TLS is made with, chosen here and nowhere else.

use std::sync::Arc;

use rustls::Error;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

/// The provider of this build, passed by hand to all that needs one: the process-wide default is never read or set.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// A key to sign with. It borrows what the provider's own loader would take and drop without zeroing it.
pub(super) fn signing_key(der: &PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, Error> {
    ring::sign::any_supported_type(der)
}
