//! A secret that was handed over.

use std::path::PathBuf;

use crate::commands::hand_over::new_secret::NewSecret;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::secret_file::{ReplaceError, WrittenSecret};
use crate::output::stdout::{Stdout, is_pipe};

/// A secret that was handed over.
#[derive(Debug)]
pub(crate) enum StoredSecret<'a> {
    /// It is in a file beside its final place.
    File(WrittenSecret),
    /// A command has stored it.
    WithCommand,
    /// It was printed.
    Printed(&'a Stdout),
}

impl StoredSecret<'_> {
    /// Returns the final place of the file; `None` if it is not in one.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::File(written) => Some(written.path().to_owned()),
            Self::WithCommand | Self::Printed(_) => None,
        }
    }

    /// Ends the handing over: moves the file to its final place, or looks whether stdout still has a reader.
    ///
    /// # Errors
    /// The secret is not in its final place, or its reader has left. If its file is lost, what has it is deleted again.
    pub(crate) async fn finish(self, new: &impl NewSecret, log: &Log) -> Result<(), CliError> {
        match self {
            Self::File(written) => replace(written, new, log).await,
            Self::WithCommand => Ok(()),
            Self::Printed(stdout) => ensure_read(stdout, new, log),
        }
    }
}

/// Moves a file to its final place.
async fn replace(written: WrittenSecret, new: &impl NewSecret, log: &Log) -> Result<(), CliError> {
    let words = new.words();
    let (name, thing, content) = (words.name(), words.thing, words.content);
    let (and, then) = (words.and(), words.then());
    let place = written.path().display().to_string();
    let beside = written.beside().display().to_string();
    log.set(format!(
        "the {content} of {name} is in {beside} or {place}{and}"
    ));
    match written.replace() {
        Ok(()) => {
            log.set(format!("{name} is in {place}{and}"));
            log.print(format!("moved the new {thing} to {place}"));
            Ok(())
        }
        Err(ReplaceError::Beside(error)) => {
            let because = match words.is_shown_once {
                true => ", because no response shows the secret again",
                false => "",
            };
            Err(CliError::new(
                Exit::OutcomeUnknown,
                format_args!(
                    "could not replace {place}: {error}; {name} is kept and its {content} is in {beside}: move that file{because}{then}"
                ),
            ))
        }
        Err(ReplaceError::Unseen(error)) => Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not replace {place}: {error}; {name} is kept: look for its {content}, which was stored in {beside}, and move it to {place}; if it is lost, {}{then}",
                words.remedy.advice(&format!("the {thing}"))
            ),
        )),
        Err(ReplaceError::Lost(error)) => Err(new.undo(&format!("in {place}: {error}"), log).await),
    }
}

/// Looks whether the reader of stdout has left. What has the secret is kept, because a part that was read may be all of it.
fn ensure_read(stdout: &Stdout, new: &impl NewSecret, log: &Log) -> Result<(), CliError> {
    if !is_pipe() {
        return Ok(());
    }
    let words = new.words();
    let (name, thing, remedy) = (words.name(), words.thing, words.advice());
    if stdout.is_abandoned() {
        return Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "the reader of stdout has left, and whether it has the secret of {name} is unknown, so the {thing} is kept: {remedy} if you do not have the secret, and {}{}",
                words.again,
                words.then()
            ),
        ));
    }
    log.print(format!(
        "wrote {name} to a pipe; if its reader did not keep the secret, {remedy}"
    ));
    Ok(())
}
