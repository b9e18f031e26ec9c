//! Questions to the person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use gatelet_models::{Secret, contains_secret};
use zeroize::Zeroizing;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::secret;
use crate::terminal::escape_for_display;

/// Returns whether there is someone to ask: stdin and stderr are terminals.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question to which the answer is yes or no; no is the default, and the end of the input.
///
/// # Errors
/// The terminal cannot be read or written.
pub(crate) async fn is_yes(question: &str) -> io::Result<bool> {
    eprint(&format!("{} [y/N] ", escape_for_display(question)))?;
    match read_line().await {
        Ok(answer) => Ok(is_word_for_yes(&answer)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Asks until the answer is valid; no answer is the default, if there is one.
///
/// # Errors
/// The terminal cannot be read or written, or its input has ended.
pub(crate) async fn answer<T>(
    question: &str,
    default: Option<&str>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, CliError> {
    let shown = escape_for_display(question);
    let shown_default = default.map(escape_for_display);
    let shown_default = shown_default.map(|it| format!(" [{it}]"));
    loop {
        let default_text = shown_default.as_deref().unwrap_or_default();
        eprint(&format!("{shown}{default_text}: ")).map_err(failed)?;
        let line = read_line().await.map_err(failed)?;
        let text = match (line.trim(), default) {
            ("", Some(default)) => default,
            (text, _) => text,
        };
        let parsed = match contains_secret(text) {
            true => Err("it looks like a secret, which is not what is asked for".to_owned()),
            false => parse(text),
        };
        match parsed {
            Ok(answer) => return Ok(answer),
            Err(problem) => show(&format!("  {}\n", escape_for_display(&problem)))?,
        }
    }
}

/// Asks for a secret, which is not shown while it is typed.
///
/// # Errors
/// The terminal cannot be read or written, or its input has ended.
pub(crate) async fn secret(question: &str) -> Result<Secret, CliError> {
    loop {
        let line = {
            // Before the question, which a program or a paste may answer at once.
            let _silence = Silence::begin().map_err(failed)?;
            eprint(&format!("{} (not shown): ", escape_for_display(question))).map_err(failed)?;
            Zeroizing::new(read_line().await.map_err(failed)?)
        };
        match secret::parse(line.trim().as_bytes()) {
            Ok(secret) => return Ok(secret),
            Err(problem) => show(&format!("  {problem}\n"))?,
        }
    }
}

fn failed(error: io::Error) -> CliError {
    CliError::new(
        Exit::Other,
        format_args!("could not ask: {error}; nothing was written"),
    )
}

/// Reads a line on a thread of its own, which ends with the process if nobody answers.
async fn read_line() -> io::Result<String> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line)? {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the input has ended",
            )),
            _ => Ok(line),
        }
    });
    read.await.map_err(io::Error::other)?
}

fn eprint(text: &str) -> io::Result<()> {
    let mut stderr = io::stderr();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()
}

/// Shows a text of our own before a question.
///
/// # Errors
/// The terminal cannot be written.
pub(crate) fn show(text: &str) -> Result<(), CliError> {
    eprint(text).map_err(failed)
}

fn is_word_for_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

/// A terminal that shows nothing of what is typed until this is dropped, as when a signal ends the command.
#[cfg(unix)]
struct Silence(rustix::termios::Termios);

#[cfg(unix)]
impl Silence {
    fn begin() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(&stdin, OptionalActions::Now, &silent)?;
        Ok(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// On other systems, a secret is read from stdin or a file only.
#[cfg(not(unix))]
struct Silence;

#[cfg(not(unix))]
impl Silence {
    fn begin() -> io::Result<Self> {
        Err(io::Error::other(
            "a secret cannot be typed here; pipe it into --secret-file -",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for yes in ["y\n", "Y", " yes\r\n", "YES"] {
            assert!(is_word_for_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "no", "yess", "yo", "1"] {
            assert!(!is_word_for_yes(no), "{no:?}");
        }
    }
}
