//! The foundations of a call: transport and clock.

pub(crate) mod clock;
pub(crate) mod send_tracker;
#[cfg(feature = "tower")]
pub(crate) mod tower;
pub(crate) mod transport;
