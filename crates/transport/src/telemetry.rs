//! Spans and trace contexts.

pub(crate) mod trace;
pub(crate) mod trace_context;
