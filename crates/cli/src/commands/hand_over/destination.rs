//! Where a new secret goes.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use gatelet_models::Secret;

use crate::commands::hand_over::new_secret::NewSecret;
use crate::commands::hand_over::shell::{HandOverError, Shell, hand_over};
use crate::commands::hand_over::stored_secret::StoredSecret;
use crate::commands::secret_output::{self, SecretOwner};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::output::Output;
use crate::output::secret_file::{SecretFile, SecretFileError, SecretForm};
use crate::output::stdout::Stdout;
use crate::settings::settings_file;

/// How long a command waits until the lines before it are printed, which a stderr that nobody reads holds up.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);

/// Where a new secret goes.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    File(SecretFile),
    /// A shell command that reads the secret.
    Command(Shell, OsString),
    Stdout(&'a mut Output<Stdout>),
}

impl<'a> Destination<'a> {
    /// Creates the file beside its place. `option` names it, and `list_command` shows the things that exist.
    ///
    /// # Errors
    /// The place is not one for the secret.
    pub(crate) fn file(
        path: &Path,
        form: &SecretForm,
        option: &str,
        list_command: &str,
    ) -> Result<Self, CliError> {
        let refused = |problem: &dyn std::fmt::Display| not_a_place(option, problem);
        if let Some(use_of_file) = settings_file::use_of(path) {
            return Err(refused(&format_args!("it is {use_of_file}")));
        }
        let thing = form.thing;
        SecretFile::create(path, form)
            .map(Self::File)
            .map_err(|error| match error {
                SecretFileError::Left { .. } => refused(&format_args!(
                    "{error}; if that {thing} no longer exists, remove the file; `{list_command}` shows it only if that run had the same arguments and settings as this one"
                )),
                error => refused(&error),
            })
    }

    /// Refuses to replace a file unless `problem` finds none with its content: a secret in it may be nowhere else. An empty file is replaced.
    ///
    /// # Errors
    /// Says what the file contains.
    pub(crate) fn ensure_replaceable(
        &self,
        option: &str,
        problem: impl FnOnce(&[u8]) -> Option<String>,
    ) -> Result<(), CliError> {
        let Self::File(file) = self else {
            return Ok(());
        };
        let problem = file.before().and_then(problem);
        let Some(problem) = problem else {
            return Ok(());
        };
        Err(not_a_place(
            option,
            &format_args!(
                "{} {problem}: name another file, or move this one away",
                file.path().display()
            ),
        ))
    }

    /// Starts a shell that does nothing, because without one, the command would fail only after the other keys have an end.
    ///
    /// # Errors
    /// The command is empty, or there is no shell.
    pub(crate) async fn command(command: OsString) -> Result<Self, CliError> {
        if command.as_encoded_bytes().trim_ascii().is_empty() {
            return Err(CliError::usage(
                "invalid --out-command: it is empty, as an unset variable is; nothing was changed",
            ));
        }
        let problem = match Shell::find() {
            Ok(shell) => match shell.try_out().await {
                Ok(()) => return Ok(Self::Command(shell, command)),
                Err(error) => error,
            },
            Err(error) => error,
        };
        Err(CliError::usage(format_args!(
            "invalid --out-command: `sh` does not run: {problem}; nothing was changed"
        )))
    }

    /// Hands the secret over. If certainly nobody has it, what has it is deleted again.
    ///
    /// # Errors
    /// It is not known to be stored; the line says what became of it.
    pub(crate) async fn store(
        self,
        new: &impl NewSecret,
        log: &Log,
    ) -> Result<StoredSecret<'a>, CliError> {
        match self {
            Self::File(file) => write(file, new, log).await,
            Self::Command(shell, command) => {
                let words = new.words();
                log.set(format!(
                    "{} exists, whether the command has stored it is unknown{}; if it is not stored, {}",
                    words.name(),
                    words.and(),
                    words.advice()
                ));
                // The command may write to stderr, too.
                log.flush_for(FLUSH_LIMIT);
                let handed = match new.content() {
                    Ok(content) => {
                        hand_over(shell.command(&command), &content, words.content).await
                    }
                    Err(error) => Err(HandOverError::NothingRead(error)),
                };
                stored_by_command(handed, new, log).await
            }
            Self::Stdout(output) => print(output, new).await,
        }
    }
}

fn not_a_place(option: &str, problem: &dyn std::fmt::Display) -> CliError {
    CliError::usage(format_args!(
        "invalid {option}: {problem}; nothing was changed"
    ))
}

async fn write(
    file: SecretFile,
    new: &impl NewSecret,
    log: &Log,
) -> Result<StoredSecret<'static>, CliError> {
    let words = new.words();
    let (name, thing, content, and) = (words.name(), words.thing, words.content, words.and());
    let (place, beside) = (
        file.path().display().to_string(),
        file.beside().display().to_string(),
    );
    log.set(format!(
        "the {content} of {name} may be in {beside}{and}; if it is not there, {}",
        words.remedy.advice(&format!("the {thing}"))
    ));
    let written = new
        .content()
        .and_then(|content: Secret| file.write(&content));
    match written {
        Ok(written) => {
            log.print(format!("stored the new {thing} in {beside}"));
            log.set(format!(
                "the {content} of {name} is in {beside}{and}; to use the {thing}, move that file to {place}"
            ));
            Ok(StoredSecret::File(written))
        }
        Err(error) => Err(new.undo(&format!("in {beside}: {error}"), log).await),
    }
}

async fn stored_by_command(
    handed: Result<(), HandOverError>,
    new: &impl NewSecret,
    log: &Log,
) -> Result<StoredSecret<'static>, CliError> {
    let words = new.words();
    let (name, thing, and) = (words.name(), words.thing, words.and());
    match handed {
        Ok(()) => {}
        Err(HandOverError::NothingRead(error)) => {
            return Err(new.undo(&format!("by the command: {error}"), log).await);
        }
        Err(HandOverError::Unknown(error)) => {
            return Err(CliError::new(
                Exit::OutcomeUnknown,
                format_args!(
                    "the command failed: {error}; whether it has stored {name} is unknown, so the {thing} is kept{and}: use the new {thing} if it is where the command stores it; otherwise {} and {}",
                    words.advice(),
                    words.again
                ),
            ));
        }
    }
    log.print(format!("the command has stored the new {thing}"));
    log.set(format!("the command has stored {name}{and}"));
    Ok(StoredSecret::WithCommand)
}

async fn print<'a>(
    output: &'a mut Output<Stdout>,
    new: &impl NewSecret,
) -> Result<StoredSecret<'a>, CliError> {
    let words = new.words();
    let owner = SecretOwner {
        name: &words.name(),
        remedy: &words.remedy,
        consequence: words.consequence,
    };
    let write = |output: &mut Output<Stdout>| new.print(output);
    let printed = secret_output::write_or_undo(&owner, output, write, || new.delete()).await;
    printed.map_err(|error| match words.consequence {
        Some(consequence) => error.with_advice(format_args!("{consequence}: {}", words.again)),
        None => error,
    })?;
    Ok(StoredSecret::Printed(output.sink()))
}
