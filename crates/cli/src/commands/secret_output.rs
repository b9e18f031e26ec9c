//! Hands over what was created, and takes it back if nobody gets it.

use gatelet_transport::Deleted;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::record::Record;
use crate::output::stdout::Stdout;

/// Makes sure, before anything is created, that it could be handed over.
///
/// # Errors
/// Standard output cannot take it.
pub(crate) fn ensure_writable(output: &mut Output<Stdout>) -> Result<(), CliError> {
    output.sink().ensure_not_null_device().map_err(|error| {
        CliError::new(
            Exit::Other,
            format_args!("stdout cannot take what would be created: {error}; nothing was created"),
        )
    })
}

/// Writes what was created to stdout. If that fails, `undo` deletes it again.
///
/// # Errors
/// It could not be written; the line says whether `id` still exists.
pub(crate) async fn print_or_undo<T, Undo>(
    created: T,
    id: &str,
    output: &mut Output<Stdout>,
    undo: impl FnOnce() -> Undo,
) -> Result<(), CliError>
where
    T: Record,
    Undo: Future<Output = Result<Deleted, gatelet_transport::Error>>,
{
    let written = output
        .item(created)
        .and_then(|()| output.sink().flush_and_sync());
    let Err(error) = written else { return Ok(()) };
    Err(match undo().await {
        Ok(_) => CliError::new(
            Exit::Other,
            format_args!(
                "could not write the created token {id} to stdout: {error}; it has been deleted again"
            ),
        ),
        Err(undo) => CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not write the created token {id} to stdout: {error}; it still exists, because deleting it failed: {undo}"
            ),
        ),
    })
}
