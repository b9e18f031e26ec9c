//! The end of the key that a command logs in with.

use gatelet_models::Timestamp;

use crate::terminal::eprint_line;

/// Says on stderr when the key that the command logs in with ends.
pub(crate) fn warn_of_end(end: Timestamp) {
    eprint_line(&format!(
        "warning: the key that this command logs in with ends at {end}"
    ));
}
