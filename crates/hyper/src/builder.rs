//! The builder of a transport, with its TLS settings in a file of their own.

pub(crate) mod builder;
#[cfg(feature = "_tls")]
mod tls;
