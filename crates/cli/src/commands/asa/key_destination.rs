//! Where a new key goes.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use asa_client::PreparedRotation;

use crate::commands::asa::created_key::CreatedKey;
use crate::commands::asa::key_command::{HandOverError, Shell, hand_over};
use crate::commands::asa::stored_key::StoredKey;
use crate::commands::secret_output::{self, SecretOwner};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::output::Output;
use crate::output::pair_file::{PairFile, PairFileError, Present};
use crate::output::stdout::Stdout;
use crate::settings::settings_file;

/// How long a command waits until the lines before it are printed, which a stderr that nobody reads holds up.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);

/// Where a new key goes.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    File(PairFile),
    /// A shell command that reads the pair.
    Command(Shell, OsString),
    Stdout(&'a mut Output<Stdout>),
}

impl<'a> Destination<'a> {
    /// Creates the file beside its place.
    ///
    /// # Errors
    /// The place is not one for the pair.
    pub(crate) fn file(path: &Path, list_command: &str) -> Result<Self, CliError> {
        let refused = |problem: &dyn std::fmt::Display| {
            CliError::usage(format_args!(
                "invalid --out: {problem}; nothing was changed"
            ))
        };
        if let Some(use_of_file) = settings_file::use_of(path) {
            return Err(refused(&format_args!("it is {use_of_file}")));
        }
        PairFile::create(path)
            .map(Self::File)
            .map_err(|error| match error {
                PairFileError::Left { .. } => refused(&format_args!(
                    "{error}, or remove it if `{list_command}` does not show that key"
                )),
                error => refused(&error),
            })
    }

    /// Refuses to replace a file unless it contains one of these keys: a secret in it may be nowhere else.
    ///
    /// # Errors
    /// Says what the file contains.
    pub(crate) fn ensure_replaceable(&self, before: &PreparedRotation) -> Result<(), CliError> {
        let Self::File(file) = self else {
            return Ok(());
        };
        let user_name = before.user_name();
        let problem = match file.present() {
            Ok(Present::Nothing) => return Ok(()),
            Ok(Present::Key(id)) if before.key(&id).is_some() => return Ok(()),
            Ok(Present::Key(id)) => format!(
                "contains the key {id}, which is not one of service user {user_name} here, and whose secret may be nowhere else"
            ),
            Ok(Present::Other) => format!(
                "contains something else than a key of service user {user_name} as this command writes it"
            ),
            Err(error) => format!("cannot be read: {error}"),
        };
        Err(CliError::usage(format_args!(
            "invalid --out: {} {problem}: name another file, or move this one away; nothing was changed",
            file.path().display()
        )))
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

    /// Hands the key over. If certainly nobody has it, the key is deleted again.
    ///
    /// # Errors
    /// It is not known to be stored; the line says what became of the key.
    pub(crate) async fn store(
        self,
        created: &CreatedKey,
        log: &Log,
    ) -> Result<StoredKey<'a>, CliError> {
        log.print(created.line());
        if let Some(line) = created.end_line() {
            log.print(line);
        }
        match self {
            Self::File(file) => write(file, created, log).await,
            Self::Command(shell, command) => {
                let (id, consequence) = (created.id(), created.consequence());
                log.set(format!(
                    "the new key {id} exists, whether the command has stored it is unknown, and {consequence}; if it is not stored, delete it with `{}`",
                    created.delete_command()
                ));
                // The command may write to stderr, too.
                log.flush_for(FLUSH_LIMIT);
                let handed = hand_over(shell.command(&command), &created.new.pair()).await;
                stored_by_command(handed, created, log).await
            }
            Self::Stdout(output) => print(output, created).await,
        }
    }
}

async fn write(
    file: PairFile,
    created: &CreatedKey,
    log: &Log,
) -> Result<StoredKey<'static>, CliError> {
    let id = created.id();
    let consequence = created.consequence();
    let (place, beside) = (
        file.path().display().to_string(),
        file.beside().display().to_string(),
    );
    log.set(format!(
        "the pair of the new key {id} may be in {beside}, and {consequence}; if it is not there, delete the key with `{}`",
        created.delete_command()
    ));
    match file.write(&created.new.pair()) {
        Ok(written) => {
            log.print(format!("stored the new key in {beside}"));
            log.set(format!(
                "the pair of the new key {id} is in {beside}, and {consequence}; to use the key, move that file to {place}"
            ));
            Ok(StoredKey::File(written))
        }
        Err(error) => Err(created.undo(&format!("in {beside}: {error}"), log).await),
    }
}

async fn stored_by_command(
    handed: Result<(), HandOverError>,
    created: &CreatedKey,
    log: &Log,
) -> Result<StoredKey<'static>, CliError> {
    let id = created.id();
    let consequence = created.consequence();
    match handed {
        Ok(()) => {}
        Err(HandOverError::NothingRead(error)) => {
            return Err(created.undo(&format!("by the command: {error}"), log).await);
        }
        Err(HandOverError::Unknown(error)) => {
            return Err(CliError::new(
                Exit::OutcomeUnknown,
                format_args!(
                    "the command failed: {error}; whether it has stored the new key {id} is unknown, so the key is kept, and {consequence}: use the new key if it is where the command stores it; otherwise delete it with `{}` and rotate again",
                    created.delete_command()
                ),
            ));
        }
    }
    log.print("the command has stored the new key");
    log.set(format!(
        "the command has stored the new key {id}, and {consequence}"
    ));
    Ok(StoredKey::WithCommand(created.new.pair()))
}

async fn print<'a>(
    output: &'a mut Output<Stdout>,
    created: &CreatedKey,
) -> Result<StoredKey<'a>, CliError> {
    let consequence = created.consequence();
    let owner = SecretOwner {
        name: &format!("the new key {}", created.id()),
        delete_command: &created.delete_command(),
        consequence: Some(consequence),
    };
    let key = created.new.key().clone();
    let undo = || created.new.delete();
    let printed = secret_output::print_or_undo(key, &owner, output, undo).await;
    printed.map_err(|error| error.with_advice(format_args!("{consequence}: rotate again")))?;
    Ok(StoredKey::Printed(created.new.pair(), output.sink()))
}
