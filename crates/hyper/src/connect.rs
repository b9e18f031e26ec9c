//! Opens streams to origins: name resolution, sockets, proxies and TLS.

pub(crate) mod base_stream;
pub(crate) mod connector;
pub(crate) mod dial;
pub(crate) mod proxy;
#[cfg(feature = "_tls")]
pub(crate) mod tls;
