//! A key whose pair was handed over.

use gatelet_models::asa::ServiceTokenRequest;

use crate::commands::asa::created_key::{CONSEQUENCE, CreatedKey};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::pair_file::{ReplaceError, WrittenPair};

/// A key whose pair was handed over.
#[derive(Debug)]
pub(crate) enum StoredKey {
    /// It is in a file beside its final place.
    File(WrittenPair),
    /// It was printed, or a command has stored it.
    Elsewhere(ServiceTokenRequest),
}

impl StoredKey {
    /// Returns the pair as it is stored.
    pub(crate) fn pair(&self) -> &ServiceTokenRequest {
        match self {
            Self::File(written) => written.read_back(),
            Self::Elsewhere(pair) => pair,
        }
    }

    /// Returns what to do with a key that does not log in.
    pub(crate) fn advice(&self, created: &CreatedKey) -> String {
        let id = created.id();
        match self {
            Self::File(written) if written.is_moved() => format!(
                "another program has moved the pair of the new key {id} to {}: use the key once it logs in, or delete it with `{}`; the old one works until it ends",
                written.path().display(),
                created.delete_command()
            ),
            Self::File(written) => {
                let (place, beside) = (written.path().display(), written.beside().display());
                format!(
                    "{place} was not changed, and the pair of the new key {id} is in {beside}: move that file to {place} once the key logs in, or delete the key with `{}` and remove the file; the old one works until it ends",
                    created.delete_command()
                )
            }
            Self::Elsewhere(_) => {
                format!("the new key {id} is kept, and the old one works until it ends")
            }
        }
    }

    /// Moves the file of a key that has logged in to its final place.
    ///
    /// # Errors
    /// It is not there. If its file is lost, the key is deleted again.
    pub(crate) async fn finish(self, created: &CreatedKey, log: &Log) -> Result<(), CliError> {
        let Self::File(written) = self else {
            return Ok(());
        };
        let id = created.id();
        let place = written.path().display().to_string();
        let beside = written.beside().display().to_string();
        log.set(format!(
            "the pair of the new key {id} is in {beside} or {place}, and {CONSEQUENCE}"
        ));
        match written.replace() {
            Ok(()) => {
                log.set(format!("the new key {id} is in {place}, and {CONSEQUENCE}"));
                log.print(format!("moved the new key to {place}"));
                Ok(())
            }
            Err(ReplaceError::Beside(error)) => Err(CliError::new(
                Exit::OutcomeUnknown,
                format_args!(
                    "could not replace {place}: {error}; the new key {id} is kept and its pair is in {beside}: move that file, because no response shows the secret again; {CONSEQUENCE}"
                ),
            )),
            Err(ReplaceError::Lost(error)) => {
                Err(created.undo(&format!("in {place}: {error}"), log).await)
            }
        }
    }
}
