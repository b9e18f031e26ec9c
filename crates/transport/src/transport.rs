//! What a call runs on: a transport and a clock.

pub(crate) mod clock;
pub(crate) mod send_tracker;
#[cfg(feature = "tower")]
pub(crate) mod tower;
pub(crate) mod transport;
