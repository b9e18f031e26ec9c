//! Prints a created secret, and deletes what was created again if it cannot be printed.

use gatelet_transport::Deleted;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::record::Record;
use crate::output::stdout::Stdout;

/// Checks that stdout is writable, before anything is created.
///
/// # Errors
/// Standard output is closed or discards its input.
pub(crate) fn ensure_writable(output: &mut Output<Stdout>) -> Result<(), CliError> {
    output.sink().ensure_not_null_device().map_err(|error| {
        CliError::new(
            Exit::Other,
            format_args!("could not write to stdout: {error}; nothing was created"),
        )
    })
}

/// Writes a created secret to stdout. If that fails, deletes what has it with `undo`.
///
/// # Errors
/// The write failed; the line says whether `id` still exists.
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
                "could not write the secret of {id} to stdout: {error}; {id} was deleted again"
            ),
        ),
        Err(undo) => CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not write the secret of {id} to stdout: {error}; {id} still exists, because deleting it failed: {undo}"
            ),
        ),
    })
}
