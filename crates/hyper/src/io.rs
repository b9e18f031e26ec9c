//! Sockets, and what is observed on them: liveness, heads, frames, and how much of a request was written.

#[cfg(feature = "_tls")]
pub(crate) mod frame_tap;
pub(crate) mod http1_tap;
pub(crate) mod informational;
pub(crate) mod liveness;
pub(crate) mod raw_head;
pub(crate) mod socket;
pub(crate) mod status_tap;
#[cfg(feature = "_tls")]
pub(crate) mod stream_limit;
pub(crate) mod tapped;
pub(crate) mod write_gate;
