//! Errors, their exit codes and their lines on stderr.

pub(crate) mod error;
pub(crate) mod exit;
pub(crate) mod parameter_names;
pub(crate) mod refusal;
pub(crate) mod report;
pub(crate) mod setting_names;
