//! Bodies of requests and responses: framing, content encodings, limits.

pub(crate) mod encoding;
pub(crate) mod framing;
#[cfg(feature = "gzip")]
pub(crate) mod gunzip;
pub(crate) mod request;
pub(crate) mod response;
