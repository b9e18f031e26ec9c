//! What every future of a call needs: a box, a time limit, and panics as values.

pub(crate) mod boxed;
pub(crate) mod catch_unwind;
pub(crate) mod timeout;
