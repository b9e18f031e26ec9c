//! Prints a created secret, and deletes what was created again if it cannot be printed.

use std::io;

use gatelet_transport::{Deleted, Error};

use crate::commands::deletion::Deletion;
use crate::commands::remedy::Remedy;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::{Format, Output};
use crate::output::stdout::Stdout;

/// Checks that the secret will be printed and stdout is writable, before anything is created.
///
/// # Errors
/// The format or an expression may leave out the secret, or standard output is closed or discards its input.
pub(crate) fn ensure_writable(output: &mut Output<Stdout>) -> Result<(), CliError> {
    if output.format() == Format::Name {
        return Err(CliError::usage(
            "`--output name` would not print the secret; nothing was created",
        ));
    }
    if output.has_filter() {
        return Err(CliError::usage(
            "an expression of --jq could leave out the secret, which is shown only once; nothing was created",
        ));
    }
    output.sink().ensure_not_null_device().map_err(|error| {
        CliError::new(
            Exit::Other,
            format_args!("could not write to stdout: {error}; nothing was created"),
        )
    })
}

/// What has a created secret.
#[derive(Debug)]
pub(crate) struct SecretOwner<'a> {
    /// What a line calls it, such as `ActiveGate token dt0g02.A`.
    pub(crate) name: &'a str,
    /// What to do with it if its secret is lost.
    pub(crate) remedy: &'a Remedy,
    /// What else is true since it was created.
    pub(crate) consequence: Option<&'a str>,
}

/// Writes a created secret to stdout with `write`. If that fails, deletes what has it with `undo`.
///
/// # Errors
/// The write failed; the line says whether the owner still exists.
pub(crate) async fn write_or_undo<Undo>(
    owner: &SecretOwner<'_>,
    output: &mut Output<Stdout>,
    write: impl FnOnce(&mut Output<Stdout>) -> io::Result<()>,
    undo: impl FnOnce() -> Undo,
) -> Result<(), CliError>
where
    Undo: Future<Output = Result<Deleted, Error>>,
{
    let SecretOwner {
        name,
        remedy,
        consequence,
    } = owner;
    let remedy = remedy.advice("it");
    let progress = output.progress().clone();
    let known = |known: String| {
        progress.set(known);
        if let Some(consequence) = consequence {
            progress.add(consequence);
        }
    };
    // Writing blocks while nobody reads.
    known(format!(
        "{name} was created, and whether its secret was read is unknown: {remedy} if you do not have the secret"
    ));
    let written = write(output).and_then(|()| output.sink().flush_and_sync());
    let Err(error) = written else {
        known(format!("{name} was created, and its secret was printed"));
        return Ok(());
    };
    let problem = format!("could not write the secret of {name} to stdout: {error}");
    known(format!("{problem}; {}", Deletion::unknown("it", &remedy)));
    let deletion = Deletion::from(undo().await);
    let exit = match deletion.is_gone() {
        true => Exit::Other,
        false => Exit::OutcomeUnknown,
    };
    let state = deletion.describe("it", &remedy);
    Err(CliError::new(exit, format_args!("{problem}; {state}")))
}
