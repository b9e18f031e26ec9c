//! HTTP and JSON primitives: header fields, content types, escapes.

pub(crate) mod attempt;
pub(crate) mod body_limit;
pub(crate) mod call_info;
pub(crate) mod content_type;
pub(crate) mod escape;
pub(crate) mod field;
pub(crate) mod json;
pub mod rate_limit;
pub(crate) mod secret_text;
