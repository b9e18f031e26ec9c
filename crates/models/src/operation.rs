//! The vendors' operations as plain data.

pub(crate) mod operation;
pub(crate) mod path_value;
