//! Sockets and what is observed on them.

#[cfg(feature = "_tls")]
pub(crate) mod frame_tap;
pub(crate) mod socket;
pub(crate) mod status_tap;
pub(crate) mod write_gate;
