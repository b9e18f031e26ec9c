//! How a connection comes about: name, socket, proxy and TLS.

pub(crate) mod dial;
pub(crate) mod proxy;
#[cfg(feature = "_tls")]
pub(crate) mod tls;
