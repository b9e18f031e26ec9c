//! The end of the key that a command logs in with.

use gatelet_models::Timestamp;

/// Returns the line that says why it is unknown when the key ends that the command logs in with.
pub(crate) fn unknown_end(cause: &str) -> String {
    format!("warning: whether the key that this command logs in with ends is unknown: {cause}")
}

/// Returns the line that says when the key ends that the command logs in with.
pub(crate) fn end_warning(end: Timestamp) -> String {
    format!("warning: the key that this command logs in with ends at {end}")
}
