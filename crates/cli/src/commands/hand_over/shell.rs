//! A shell command that stores a secret.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsStr;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;

use gatelet_models::Secret;
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::settings::secret_source::find_program;
use crate::settings::variable;

/// Where the shell is looked for without the variable `PATH`.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The shell that runs commands.
#[derive(Clone, Debug)]
pub(crate) struct Shell(PathBuf);

impl Shell {
    /// Finds `sh` in the absolute folders of `PATH`.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn find() -> io::Result<Self> {
        let path = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
        find_program(&format!("sh{EXE_SUFFIX}"), &path).map(Self)
    }

    /// Runs a command that does nothing.
    ///
    /// # Errors
    /// The shell does not run.
    pub(crate) async fn try_out(&self) -> io::Result<()> {
        let mut nothing = self.command(OsStr::new(":"));
        let status = nothing.stdin(Stdio::null()).stdout(io::stderr()).status();
        match status.await? {
            status if status.success() => Ok(()),
            status => Err(io::Error::other(status.to_string())),
        }
    }

    /// Returns the process of a command, whose environment has no secret of this process.
    pub(crate) fn command(&self, command: &OsStr) -> Command {
        let mut process = Command::new(&self.0);
        process.arg("-c").arg(command);
        for name in variable::secrets() {
            process.env_remove(name);
        }
        process
    }
}

/// Why a command is not known to have stored a secret.
#[derive(Debug)]
pub(crate) enum HandOverError {
    /// The command did not start, or read no byte of its stdin.
    NothingRead(io::Error),
    /// The command may have stored the secret before it failed.
    Unknown(io::Error),
}

/// The longest content, in bytes: what fits into a pipe on every system, so that writing does not wait for a reader.
const LONGEST: usize = 4096;

/// Runs a command with a secret on its stdin. Its stdout is stderr, so that a secret is not mistaken for output of this command. `noun` is
/// what its errors call the secret.
///
/// A command that did not read the secret has not stored it, whatever its exit status says: this process keeps the reading end of the pipe,
/// and finds there what the command left.
pub(crate) async fn hand_over(
    mut command: Command,
    content: &Secret,
    noun: &str,
) -> Result<(), HandOverError> {
    let nothing = HandOverError::NothingRead;
    let content = content.expose().as_bytes();
    let (mut unread, stdin) = pipe_with(content, noun).map_err(nothing)?;
    let spawned = command.stdin(stdin).stdout(io::stderr()).spawn();
    let status = match spawned.map_err(nothing)?.wait().await {
        Ok(status) => status,
        Err(error) => return Err(HandOverError::Unknown(error)),
    };
    let mut left = Zeroizing::new(Vec::with_capacity(LONGEST));
    let left = unread
        .read_to_end(&mut left)
        .map_err(HandOverError::Unknown)?;
    let problem = |text: &str| io::Error::other(format!("{text} the {noun} ({status})"));
    match (left, status.success()) {
        (0, true) => Ok(()),
        (0, false) => Err(HandOverError::Unknown(io::Error::other(status.to_string()))),
        (left, _) if left == content.len() => Err(nothing(problem("it did not read"))),
        _ => Err(HandOverError::Unknown(problem("it read a part of"))),
    }
}

/// Returns both uses of the reading end of a pipe that contains a secret and nothing else.
fn pipe_with(content: &[u8], noun: &str) -> io::Result<(PipeReader, PipeReader)> {
    if content.len() > LONGEST {
        return Err(io::Error::other(format!(
            "the {noun} is too long for a pipe"
        )));
    }
    let (reader, mut writer) = io::pipe()?;
    writer.write_all(content)?;
    Ok((reader.try_clone()?, reader))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_that_does_not_start_has_nothing_of_the_secret() {
        let secret = Secret::new("id secret");
        let command = Command::new("/nowhere/sh");
        let error = hand_over(command, &secret, "secret").await.unwrap_err();
        assert!(matches!(error, HandOverError::NothingRead(_)), "{error:?}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_that_leaves_the_secret_unread_has_not_stored_it() {
        let secret = Secret::new("id secret");
        let shell = Shell::find().unwrap();
        for words in [
            "",
            " ",
            "true",
            "# nothing",
            "echo stored >/dev/null",
            "exit 3",
        ] {
            let handed = hand_over(shell.command(OsStr::new(words)), &secret, "secret").await;
            let is_unread = matches!(handed, Err(HandOverError::NothingRead(_)));
            assert!(is_unread, "`{words}`: {handed:?}");
        }
        for words in [
            "cat >/dev/null; exit 3",
            "head -c 1 >/dev/null; exit 3",
            "dd bs=1 count=5 of=/dev/null 2>/dev/null",
        ] {
            let handed = hand_over(shell.command(OsStr::new(words)), &secret, "secret").await;
            let is_unknown = matches!(handed, Err(HandOverError::Unknown(_)));
            assert!(is_unknown, "`{words}`: {handed:?}");
        }
        let handed = hand_over(
            shell.command(OsStr::new("cat >/dev/null")),
            &secret,
            "secret",
        )
        .await;
        assert!(handed.is_ok(), "{handed:?}");
    }
}
