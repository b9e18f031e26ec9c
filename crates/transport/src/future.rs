//! Building blocks for futures: boxing, timeouts, and panics as values.

pub(crate) mod boxed;
pub(crate) mod catch_unwind;
pub(crate) mod timeout;
