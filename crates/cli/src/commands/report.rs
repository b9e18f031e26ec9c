//! Reports on stderr what a command did.

use std::fmt::Arguments;
use std::io::{self, Write};

use gatelet_transport::Deleted;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::record::Record;
use crate::terminal::eprint_line;

/// Reports a deletion on stderr.
pub(crate) fn report_deleted(thing: Arguments<'_>, deleted: Deleted) {
    eprint_line(&deletion_line(thing, deleted));
}

/// Returns the line of a deletion, which says whether a retry found the object already gone.
pub(crate) fn deletion_line(thing: Arguments<'_>, deleted: Deleted) -> String {
    match deleted.was_already_gone {
        true => format!("deleted {thing}; a retry found it already gone"),
        false => format!("deleted {thing}"),
    }
}

/// Prints what was created or changed. Nothing in it is shown only once, so the change stays if it cannot be printed.
///
/// # Errors
/// The write failed; the line says that the change was made, as in `service user bot was created`.
pub(crate) fn print_changed<T: Record>(
    change: Arguments<'_>,
    changed: T,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    match output.item(changed) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!("could not write to stdout: {error}; {change}"),
        )),
        written => Ok(written?),
    }
}
