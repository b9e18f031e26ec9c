//! Where a new key goes.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::Path;
use std::process::Stdio;

use crate::commands::asa::created_key::{CONSEQUENCE, CreatedKey};
use crate::commands::asa::key_command::{HandOverError, hand_over, shell};
use crate::commands::asa::rotation_log::RotationLog;
use crate::commands::asa::stored_key::StoredKey;
use crate::commands::secret_output::{self, SecretOwner};
use crate::env;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::pair_file::PairFile;
use crate::output::stdout::Stdout;

/// The variables that name a file with a part of the key in use, which the new pair must not replace.
const CREDENTIAL_FILES: &[&str] = &["GATELET_ASA_KEY_SECRET_FILE", "GATELET_ASA_KEY_ID_FILE"];

/// Where a new key goes.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    File(PairFile),
    /// A shell command that reads the pair.
    Command(OsString),
    Stdout(&'a mut Output<Stdout>),
}

impl Destination<'_> {
    /// Creates the file beside its place.
    ///
    /// # Errors
    /// The place is not one for the pair.
    pub(crate) fn file(path: &Path) -> Result<Self, CliError> {
        let refused = |problem: &dyn std::fmt::Display| {
            CliError::usage(format_args!(
                "invalid --out: {problem}; nothing was changed"
            ))
        };
        for name in CREDENTIAL_FILES {
            let credential = env::non_empty(name).map(fs::canonicalize);
            let is_same = |file: &Path| fs::canonicalize(path).is_ok_and(|path| path == file);
            if credential.is_some_and(|file| file.is_ok_and(|file| is_same(&file))) {
                return Err(refused(&format_args!(
                    "it is the file that {name} names, which contains a part of the key only"
                )));
            }
        }
        PairFile::create(path)
            .map(Self::File)
            .map_err(|error| refused(&error))
    }

    /// Starts a shell that does nothing, because without one, the command would fail only after the other keys have an end.
    ///
    /// # Errors
    /// There is no shell.
    pub(crate) async fn command(command: OsString) -> Result<Self, CliError> {
        let mut shell = shell(OsStr::new(":"));
        let started = shell.stdin(Stdio::null()).stdout(io::stderr()).status();
        let problem = match started.await {
            Ok(status) if status.success() => return Ok(Self::Command(command)),
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        Err(CliError::usage(format_args!(
            "invalid --out-command: `sh` does not run: {problem}; nothing was changed"
        )))
    }

    /// Hands the key over. If certainly nothing is, the key is deleted again.
    ///
    /// The line of the created key is printed only then, because a stderr that nobody reads would block the hand-over.
    pub(crate) async fn store(
        self,
        created: &CreatedKey,
        log: &RotationLog,
    ) -> Result<StoredKey, CliError> {
        match self {
            Self::File(file) => write(file, created, log).await,
            Self::Command(command) => {
                let id = created.id();
                log.set(format!(
                    "the new key {id} exists, whether the command has stored it is unknown, and the other keys have an end"
                ));
                let handed = hand_over(shell(&command), &created.new.pair()).await;
                log.print(created.line());
                stored_by_command(handed, created, log).await
            }
            Self::Stdout(output) => {
                let printed = print(output, created).await;
                log.print(created.line());
                printed
            }
        }
    }
}

async fn write(
    file: PairFile,
    created: &CreatedKey,
    log: &RotationLog,
) -> Result<StoredKey, CliError> {
    let id = created.id();
    let (place, beside) = (
        file.path().display().to_string(),
        file.beside().display().to_string(),
    );
    log.set(format!(
        "the pair of the new key {id} may be in {beside}, and {CONSEQUENCE}; if it is not there, delete the key with `{}`",
        created.delete_command()
    ));
    let written = file.write(&created.new.pair());
    log.print(created.line());
    match written {
        Ok(written) => {
            log.print(format!("stored the new key in {beside}"));
            log.set(format!(
                "the pair of the new key {id} is in {beside}, and {CONSEQUENCE}; to use the key, move that file to {place}"
            ));
            Ok(StoredKey::File(written))
        }
        Err(error) => Err(created.undo(&format!("in {beside}: {error}"), log).await),
    }
}

async fn stored_by_command(
    handed: Result<(), HandOverError>,
    created: &CreatedKey,
    log: &RotationLog,
) -> Result<StoredKey, CliError> {
    let id = created.id();
    match handed {
        Ok(()) => {}
        Err(HandOverError::NothingRead(error)) => {
            return Err(created.undo(&format!("by the command: {error}"), log).await);
        }
        Err(HandOverError::Unknown(error)) => {
            return Err(CliError::new(
                Exit::OutcomeUnknown,
                format_args!(
                    "the command failed: {error}; whether it has stored the new key {id} is unknown, so the key is kept, and the other keys have an end: use the new key if it is where the command stores it; otherwise delete it and rotate again"
                ),
            ));
        }
    }
    log.print("the command has stored the new key");
    log.set(format!(
        "the command has stored the new key {id}, and the other keys have an end"
    ));
    Ok(StoredKey::Elsewhere(created.new.pair()))
}

async fn print(output: &mut Output<Stdout>, created: &CreatedKey) -> Result<StoredKey, CliError> {
    let owner = SecretOwner {
        name: &format!("the new key {}", created.id()),
        delete_command: &created.delete_command(),
        consequence: Some(CONSEQUENCE),
    };
    let key = created.new.key().clone();
    let undo = || created.new.delete();
    let printed = secret_output::print_or_undo(key, &owner, output, undo).await;
    printed.map_err(|error| error.with_advice(format_args!("{CONSEQUENCE}: rotate again")))?;
    Ok(StoredKey::Elsewhere(created.new.pair()))
}
