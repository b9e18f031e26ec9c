//! TLS: cryptography provider, trusted authorities, pinned certificates, client certificates.

pub(crate) mod crypto;
pub(crate) mod identity;
pub(crate) mod pem;
pub(crate) mod pin;
pub(crate) mod tls;
pub(crate) mod trust;
