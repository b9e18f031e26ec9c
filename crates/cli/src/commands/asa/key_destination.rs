//! Where a new key goes.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use gatelet_models::asa::ServiceTokenRequest;
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::commands::asa::created_key::{CONSEQUENCE, CreatedKey};
use crate::commands::secret_output::{self, SecretOwner};
use crate::env;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::pair_file::{PairFile, StoreError, read_back, to_json};
use crate::output::progress::Progress;
use crate::output::stdout::Stdout;
use crate::terminal::eprint_line;

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

    /// Hands the key over and returns what is known to be stored. If certainly nothing is, the key is deleted again.
    ///
    /// The line of the created key is printed only then, because a stderr that nobody reads would block the hand-over.
    pub(crate) async fn store(
        self,
        created: &CreatedKey,
        progress: &Progress,
    ) -> Result<ServiceTokenRequest, CliError> {
        match self {
            Self::File(file) => {
                let path = file.path().to_owned();
                let stored = file.store(&created.new.pair());
                eprint_line(&created.line());
                stored_in_file(path, stored, created, progress).await
            }
            Self::Command(command) => {
                let id = created.id();
                progress.set(format!(
                    "the new key {id} exists, whether the command has stored it is unknown, and the other keys have an end"
                ));
                let handed = hand_over(shell(&command), &created.new.pair()).await;
                eprint_line(&created.line());
                stored_by_command(handed, created, progress).await
            }
            Self::Stdout(output) => {
                let printed = print(output, created).await;
                eprint_line(&created.line());
                printed
            }
        }
    }
}

async fn stored_in_file(
    path: PathBuf,
    stored: Result<(), StoreError>,
    created: &CreatedKey,
    progress: &Progress,
) -> Result<ServiceTokenRequest, CliError> {
    let id = created.id();
    match stored {
        Ok(()) => {}
        Err(StoreError::Beside(beside, error)) => {
            let (path, beside) = (path.display(), beside.display());
            return Err(CliError::new(
                Exit::OutcomeUnknown,
                format_args!(
                    "could not replace {path}: {error}; the new key {id} is kept and its pair is in {beside}: move that file, because no response shows the secret again; the other keys have an end"
                ),
            ));
        }
        Err(StoreError::Lost(error)) => {
            let problem = format!("in {}: {error}", path.display());
            return Err(created.undo(&problem, progress).await);
        }
    }
    let place = path.display();
    eprint_line(&format!("stored the new key in {place}"));
    progress.set(format!(
        "the new key {id} is in {place}, and the other keys have an end"
    ));
    read_back(&path).map_err(|error| {
        CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not read the new key {id} back from {place}: {error}; the key is kept, and the old one works until it ends"
            ),
        )
    })
}

async fn stored_by_command(
    handed: Result<(), HandOverError>,
    created: &CreatedKey,
    progress: &Progress,
) -> Result<ServiceTokenRequest, CliError> {
    let id = created.id();
    match handed {
        Ok(()) => {}
        Err(HandOverError::NothingRead(error)) => {
            return Err(created
                .undo(&format!("by the command: {error}"), progress)
                .await);
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
    eprint_line("the command has stored the new key");
    progress.set(format!(
        "the command has stored the new key {id}, and the other keys have an end"
    ));
    Ok(created.new.pair())
}

/// Returns the process of a shell command.
fn shell(command: &OsStr) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

/// Why a command is not known to have stored a pair.
#[derive(Debug)]
enum HandOverError {
    /// The command did not start, or read no byte of the pair.
    NothingRead(io::Error),
    /// The command may have stored the pair before it failed.
    Unknown(io::Error),
}

/// The longest pair as JSON, in bytes: what fits into a pipe on every system, so that writing does not wait for a reader.
const LONGEST_PAIR: usize = 4096;

/// Runs a command with a pair on its stdin. Its stdout is stderr, so that a secret is not mistaken for output of this command.
///
/// A command that did not read the pair has not stored it, whatever its exit status says: this process keeps the reading end of the pipe,
/// and finds there what the command left.
async fn hand_over(mut command: Command, pair: &ServiceTokenRequest) -> Result<(), HandOverError> {
    let nothing = HandOverError::NothingRead;
    let json = to_json(pair).map_err(nothing)?;
    let (mut unread, stdin) = pipe_with(&json).map_err(nothing)?;
    let spawned = command.stdin(stdin).stdout(io::stderr()).spawn();
    let status = match spawned.map_err(nothing)?.wait().await {
        Ok(status) => status,
        Err(error) => return Err(HandOverError::Unknown(error)),
    };
    let mut left = Zeroizing::new(Vec::with_capacity(LONGEST_PAIR));
    let left = unread
        .read_to_end(&mut left)
        .map_err(HandOverError::Unknown)?;
    let problem = |text| io::Error::other(format!("{text} ({status})"));
    match (left, status.success()) {
        (0, true) => Ok(()),
        (0, false) => Err(HandOverError::Unknown(io::Error::other(status.to_string()))),
        (left, _) if left == json.len() => Err(nothing(problem("it did not read the pair"))),
        _ => Err(HandOverError::Unknown(problem(
            "it read a part of the pair",
        ))),
    }
}

/// Returns both uses of the reading end of a pipe that contains a pair and nothing else.
fn pipe_with(json: &[u8]) -> io::Result<(PipeReader, PipeReader)> {
    if json.len() > LONGEST_PAIR {
        return Err(io::Error::other("the pair is too long for a pipe"));
    }
    let (reader, mut writer) = io::pipe()?;
    writer.write_all(json)?;
    Ok((reader.try_clone()?, reader))
}

async fn print(
    output: &mut Output<Stdout>,
    created: &CreatedKey,
) -> Result<ServiceTokenRequest, CliError> {
    let owner = SecretOwner {
        name: &format!("the new key {}", created.id()),
        delete_command: &created.delete_command(),
        consequence: Some(CONSEQUENCE),
    };
    let key = created.new.key().clone();
    let undo = || created.new.delete();
    let printed = secret_output::print_or_undo(key, &owner, output, undo).await;
    printed.map_err(|error| error.with_advice(format_args!("{CONSEQUENCE}: rotate again")))?;
    Ok(created.new.pair())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_that_does_not_start_has_nothing_of_the_pair() {
        let pair = ServiceTokenRequest::new("id", "secret");
        let command = Command::new("/nowhere/sh");
        let error = hand_over(command, &pair).await.unwrap_err();
        assert!(matches!(error, HandOverError::NothingRead(_)), "{error:?}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_that_leaves_the_pair_unread_has_not_stored_it() {
        let pair = ServiceTokenRequest::new("id", "secret");
        for words in [
            "",
            " ",
            "true",
            "# nothing",
            "echo stored >/dev/null",
            "exit 3",
        ] {
            let handed = hand_over(shell(OsStr::new(words)), &pair).await;
            let is_unread = matches!(handed, Err(HandOverError::NothingRead(_)));
            assert!(is_unread, "`{words}`: {handed:?}");
        }
        for words in [
            "cat >/dev/null; exit 3",
            "head -c 1 >/dev/null; exit 3",
            "dd bs=1 count=5 of=/dev/null 2>/dev/null",
        ] {
            let handed = hand_over(shell(OsStr::new(words)), &pair).await;
            let is_unknown = matches!(handed, Err(HandOverError::Unknown(_)));
            assert!(is_unknown, "`{words}`: {handed:?}");
        }
        let handed = hand_over(shell(OsStr::new("cat >/dev/null")), &pair).await;
        assert!(handed.is_ok(), "{handed:?}");
    }
}
