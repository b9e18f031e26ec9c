//! The end of the key that a command logs in with.

use gatelet_models::asa::ServiceUserKey;

use crate::terminal::eprint_line;

/// Says on stderr when the key that the command logs in with ends, if it does.
pub(crate) fn warn_of_end(own: Option<&ServiceUserKey>) {
    if let Some(end) = own.and_then(ServiceUserKey::end) {
        eprint_line(&format!(
            "warning: the key that this command logs in with ends at {end}"
        ));
    }
}
