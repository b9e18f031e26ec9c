//! Proxies: the one for an origin, and the tunnel through it.

pub(crate) mod no_proxy;
pub(crate) mod proxy;
#[cfg(feature = "_tls")]
pub(crate) mod tunnel;
