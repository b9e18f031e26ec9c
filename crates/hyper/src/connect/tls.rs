//! TLS: cryptography provider, trusted authorities, pinned certificates, client certificates, and who sees those of servers.

pub(crate) mod crypto;
pub(crate) mod identity;
pub(crate) mod observed;
pub(crate) mod pem;
pub(crate) mod pin;
pub(crate) mod tls;
pub(crate) mod trust;
