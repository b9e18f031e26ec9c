//! The ways in which vendors lead from one page to the next.

pub(crate) mod cursor;
pub(crate) mod link;
