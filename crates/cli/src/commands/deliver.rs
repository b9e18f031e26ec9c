//! Hands over what was created, and takes it back if nobody gets it.

use gatelet_transport::Deleted;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::record::Record;
use crate::stdout::Stdout;

/// Makes sure, before anything is created, that it could be handed over.
///
/// # Errors
/// Standard output cannot take it.
pub(crate) fn check(output: &mut Output<Stdout>) -> Result<(), Failure> {
    output.sink().check_kept().map_err(|error| {
        Failure::new(
            Exit::Other,
            format_args!("stdout cannot take what would be created: {error}; nothing was created"),
        )
    })
}

/// Writes what was created to stdout. If that fails, `undo` deletes it again.
///
/// # Errors
/// It could not be written; the line says whether `id` still exists.
pub(crate) async fn hand_over<T, Undo>(
    created: T,
    id: &str,
    output: &mut Output<Stdout>,
    undo: impl FnOnce() -> Undo,
) -> Result<(), Failure>
where
    T: Record,
    Undo: Future<Output = Result<Deleted, gatelet_transport::Error>>,
{
    let written = output.item(created).and_then(|()| output.sink().settle());
    let Err(error) = written else { return Ok(()) };
    Err(match undo().await {
        Ok(_) => Failure::new(
            Exit::Other,
            format_args!(
                "could not write the created token {id} to stdout: {error}; it has been deleted again"
            ),
        ),
        Err(undo) => Failure::new(
            Exit::Outcome,
            format_args!(
                "could not write the created token {id} to stdout: {error}; it still exists, because deleting it failed: {undo}"
            ),
        ),
    })
}
