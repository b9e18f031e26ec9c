//! A secret that was just created.

use std::io;

use gatelet_models::Secret;
use gatelet_transport::{Deleted, Error};

use crate::commands::deletion::Deletion;
use crate::commands::remedy::Remedy;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// A secret that was just created, whose response is the only one that shows it.
pub(crate) trait NewSecret {
    /// Returns what lines say of it.
    fn words(&self) -> &SecretWords;

    /// Returns what is handed over to a file or a command.
    ///
    /// # Errors
    /// It cannot be written.
    fn content(&self) -> io::Result<Secret>;

    /// Writes it to stdout.
    ///
    /// # Errors
    /// It may not be written.
    fn print(&self, output: &mut Output<Stdout>) -> io::Result<()>;

    /// Deletes what has the secret.
    fn delete(&self) -> impl Future<Output = Result<Deleted, Error>>;

    /// Deletes what has the secret, which is stored nowhere, and returns the error. The problem begins with where it should be stored.
    async fn undo(&self, problem: &str, log: &Log) -> CliError {
        let words = self.words();
        let problem = format!("could not store {} {problem}", words.name());
        let remedy = words.advice();
        let consequence = words.then();
        log.set(format!(
            "{problem}; {}{consequence}",
            Deletion::unknown("it", &remedy)
        ));
        let deletion = Deletion::from(self.delete().await);
        let exit = match deletion.is_gone() {
            true => Exit::Other,
            false => Exit::OutcomeUnknown,
        };
        let state = deletion.describe("it", &remedy);
        let again = words.again;
        CliError::new(
            exit,
            format_args!("{problem}; {state}{consequence}: {again}"),
        )
    }
}

/// What lines say of a new secret.
#[derive(Clone, Debug)]
pub(crate) struct SecretWords {
    /// What has it, such as `key`.
    pub(crate) thing: &'static str,
    /// The ID of that.
    pub(crate) id: String,
    /// What is handed over, such as `pair`.
    pub(crate) content: &'static str,
    /// What to do with the thing if it is not wanted.
    pub(crate) remedy: Remedy,
    /// What else is true since it was created.
    pub(crate) consequence: Option<&'static str>,
    /// What to do after it was deleted, such as `rotate again`.
    pub(crate) again: &'static str,
    /// Whether no response shows the secret again.
    pub(crate) is_shown_once: bool,
}

impl SecretWords {
    /// Returns the thing with its ID, as in `the new key 7`.
    pub(crate) fn name(&self) -> String {
        format!("the new {} {}", self.thing, self.id)
    }

    /// Returns what to do with the thing if it is not wanted.
    pub(crate) fn advice(&self) -> String {
        self.remedy.advice("it")
    }

    /// Returns the consequence as a further part of a line.
    pub(crate) fn then(&self) -> String {
        let consequence = self.consequence.map(|it| format!("; {it}"));
        consequence.unwrap_or_default()
    }

    /// Returns the consequence as the end of a sentence.
    pub(crate) fn and(&self) -> String {
        let consequence = self.consequence.map(|it| format!(", and {it}"));
        consequence.unwrap_or_default()
    }
}
