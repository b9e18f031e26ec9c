//! Questions before something is deleted for good.

use std::fmt::Display;
use std::io::{self, BufRead as _, IsTerminal as _, Write};

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::signal;
use crate::terminal::escape_for_display;

/// Returns whether there is someone to ask: stdin and stderr are terminals.
fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The option of commands that delete.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Confirmation {
    /// Delete without asking
    #[arg(short, long)]
    yes: bool,
}

impl Confirmation {
    /// Returns whether [`ask`](Self::ask) would ask someone.
    pub(crate) fn asks(self, output: &Output<impl Write>) -> bool {
        !self.is_answered(output) && can_ask()
    }

    /// Asks a question on the terminal, unless the option has answered it, or nothing is changed.
    ///
    /// # Errors
    /// The answer is not yes, nobody can be asked, or a signal asked the process to end. Nothing was sent.
    pub(crate) async fn ask(
        self,
        question: impl Display,
        output: &Output<impl Write>,
    ) -> Result<(), CliError> {
        // A secret in place of an id is refused only when the request is built.
        let question = question.to_string();
        let redactor = output.log().secrets().redactor();
        let question = redactor.redact(&question);
        match (self.is_answered(output), can_ask()) {
            (true, _) => Ok(()),
            (false, true) => ask(&question).await,
            (false, false) => Err(CliError::usage(format_args!(
                "{question} Nobody can be asked here: add --yes; nothing was deleted"
            ))),
        }
    }

    fn is_answered(self, output: &Output<impl Write>) -> bool {
        self.yes || output.dry_run().is_some()
    }
}

async fn ask(question: &str) -> Result<(), CliError> {
    let failed = |error: io::Error| {
        CliError::new(
            Exit::Other,
            format_args!("could not ask: {error}; nothing was deleted"),
        )
    };
    let caught = signal::caught().map_err(failed)?;
    eprint_question(question).map_err(failed)?;
    // The thread that reads the answer ends with the process.
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    tokio::select! {
        answer = answer => {
            let answer = answer.map_err(io::Error::other).and_then(|it| it).map_err(failed)?;
            match is_yes(&answer) {
                true => Ok(()),
                false => Err(CliError::new(Exit::Other, "nothing was deleted")),
            }
        }
        signal = caught => Err(CliError::new(signal.into(), format_args!("{signal}; nothing was deleted"))),
    }
}

fn eprint_question(question: &str) -> io::Result<()> {
    let mut stderr = io::stderr();
    write!(stderr, "{} [y/N] ", escape_for_display(question))?;
    stderr.flush()
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for yes in ["y\n", "Y", " yes\r\n", "YES"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "no", "yess", "yo", "1"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
