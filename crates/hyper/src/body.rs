//! The bodies of requests and responses, and what stands around them on the wire.

pub(crate) mod encoding;
pub(crate) mod framing;
#[cfg(feature = "gzip")]
pub(crate) mod gunzip;
pub(crate) mod request;
pub(crate) mod response;
