//! Points in time.

pub(crate) mod milliseconds;
mod parse;
pub(crate) mod parse_error;
mod range;
#[cfg(feature = "std")]
mod system_time;
mod text;
pub(crate) mod timestamp;
pub(crate) mod unix_millis;
