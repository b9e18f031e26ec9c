//! The builder of a transport.

pub(crate) mod builder;
#[cfg(feature = "_tls")]
mod tls;
