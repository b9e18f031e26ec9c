//! A key whose pair was handed over.

use gatelet_models::asa::ServiceTokenRequest;

use crate::commands::asa::created_key::CreatedKey;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::pair_file::{ReplaceError, WrittenPair};
use crate::output::stdout::{Stdout, is_pipe};

/// A key whose pair was handed over.
#[derive(Debug)]
pub(crate) enum StoredKey<'a> {
    /// It is in a file beside its final place.
    File(WrittenPair),
    /// A command has stored it.
    WithCommand(ServiceTokenRequest),
    /// It was printed.
    Printed(ServiceTokenRequest, &'a Stdout),
}

impl StoredKey<'_> {
    /// Returns the pair as it is stored.
    pub(crate) fn pair(&self) -> &ServiceTokenRequest {
        match self {
            Self::File(written) => written.read_back(),
            Self::WithCommand(pair) | Self::Printed(pair, _) => pair,
        }
    }

    /// Returns what to do with a key that does not log in.
    pub(crate) fn advice(&self, created: &CreatedKey) -> String {
        let id = created.id();
        match self {
            Self::File(written) if written.is_moved() => format!(
                "another program has moved the pair of the new key {id} to {}: use the key once it logs in, or delete it with `{}`{}",
                written.path().display(),
                created.delete_command(),
                created.old_works()
            ),
            Self::File(written) => {
                let (place, beside) = (written.path().display(), written.beside().display());
                format!(
                    "{place} was not changed, and the pair of the new key {id} is in {beside}: move that file to {place} once the key logs in, or delete the key with `{}` and remove the file{}",
                    created.delete_command(),
                    created.old_works()
                )
            }
            Self::WithCommand(_) | Self::Printed(..) => format!(
                "the new key {id} is kept: use it once it logs in, or delete it with `{}`{}",
                created.delete_command(),
                created.old_works()
            ),
        }
    }

    /// Ends the handing over of a key that has logged in: moves its file to its final place, or looks whether stdout still has a reader.
    ///
    /// # Errors
    /// The pair is not in its final place, or its reader has left. If its file is lost, the key is deleted again.
    pub(crate) async fn finish(self, created: &CreatedKey, log: &Log) -> Result<(), CliError> {
        match self {
            Self::File(written) => replace(written, created, log).await,
            Self::WithCommand(_) => Ok(()),
            Self::Printed(_, stdout) => ensure_read(stdout, created, log),
        }
    }
}

/// Moves a file to its final place.
async fn replace(written: WrittenPair, created: &CreatedKey, log: &Log) -> Result<(), CliError> {
    let id = created.id();
    let consequence = created.consequence();
    let place = written.path().display().to_string();
    let beside = written.beside().display().to_string();
    log.set(format!(
        "the pair of the new key {id} is in {beside} or {place}, and {consequence}"
    ));
    match written.replace() {
        Ok(()) => {
            log.set(format!("the new key {id} is in {place}, and {consequence}"));
            log.print(format!("moved the new key to {place}"));
            Ok(())
        }
        Err(ReplaceError::Beside(error)) => Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not replace {place}: {error}; the new key {id} is kept and its pair is in {beside}: move that file, because no response shows the secret again; {consequence}"
            ),
        )),
        Err(ReplaceError::Unseen(error)) => Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not replace {place}: {error}; the new key {id} is kept, and its pair was stored in {beside}: move that file to {place}, or delete the key with `{}` if the file is lost; {consequence}",
                created.delete_command()
            ),
        )),
        Err(ReplaceError::Lost(error)) => {
            Err(created.undo(&format!("in {place}: {error}"), log).await)
        }
    }
}

/// Looks whether the reader of stdout has left. The key is kept, because a part that was read may be the pair.
fn ensure_read(stdout: &Stdout, created: &CreatedKey, log: &Log) -> Result<(), CliError> {
    if !is_pipe() {
        return Ok(());
    }
    let id = created.id();
    let remedy = format!("delete it with `{}`", created.delete_command());
    if stdout.is_abandoned() {
        let consequence = created.consequence();
        return Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "the reader of stdout has left, and whether it has the secret of the new key {id} is unknown, so the key is kept: {remedy} if you do not have the secret, and rotate again; {consequence}"
            ),
        ));
    }
    log.print(format!(
        "wrote the new key {id} to a pipe; if its reader did not keep the secret, {remedy}"
    ));
    Ok(())
}
