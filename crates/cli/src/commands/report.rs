//! Reports on stderr what a command did.

use gatelet_transport::Deleted;

use crate::terminal::eprint_line;

/// Says that a thing is gone, and if it was so before.
pub(crate) fn report_deleted(thing: std::fmt::Arguments<'_>, deleted: Deleted) {
    eprint_line(&match deleted.was_already_gone {
        true => format!("deleted {thing}; a repeated request found it gone already"),
        false => format!("deleted {thing}"),
    });
}
