//! Proxies: the one for an origin, and the tunnels through it.

pub(crate) mod address;
pub(crate) mod no_proxy;
pub(crate) mod proxy;
#[cfg(feature = "socks")]
pub(crate) mod socks;
#[cfg(feature = "_tls")]
pub(crate) mod tunnel;
