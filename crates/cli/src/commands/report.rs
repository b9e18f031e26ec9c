//! Reports on stderr what a command did.

use gatelet_transport::Deleted;

use crate::terminal::eprint_line;

/// Reports a deletion, and whether a retry found the object already gone.
pub(crate) fn report_deleted(thing: std::fmt::Arguments<'_>, deleted: Deleted) {
    eprint_line(&match deleted.was_already_gone {
        true => format!("deleted {thing}; a retry found it already gone"),
        false => format!("deleted {thing}"),
    });
}
