//! Points in time.

pub(crate) mod timestamp;
