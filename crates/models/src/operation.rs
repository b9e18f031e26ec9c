//! Operations as plain data, and the values of their paths and queries.

pub(crate) mod method;
pub(crate) mod operation;
pub(crate) mod paging;
pub(crate) mod path_value;
pub(crate) mod query_parameter;
