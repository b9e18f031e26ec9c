//! Questions before something is deleted for good, or many things are created.

use std::fmt::Display;
use std::io::{self, Write};

use crate::commands::prompt::{self, can_ask};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::signal;

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
        confirm(self.yes, question, "nothing was deleted", output).await
    }

    fn is_answered(self, output: &Output<impl Write>) -> bool {
        is_answered(self.yes, output)
    }
}

/// Asks a question on the terminal, unless `yes` has answered it, or nothing is changed. `state` says what holds without a yes.
///
/// # Errors
/// Those of [`Confirmation::ask`].
pub(crate) async fn confirm(
    yes: bool,
    question: impl Display,
    state: &str,
    output: &Output<impl Write>,
) -> Result<(), CliError> {
    // A secret in place of an id is refused only when the request is built.
    let question = question.to_string();
    let redactor = output.log().secrets().redactor();
    let question = redactor.redact(&question);
    match (is_answered(yes, output), can_ask()) {
        (true, _) => Ok(()),
        (false, true) => ask(&question, state).await,
        (false, false) => Err(CliError::usage(format_args!(
            "{question} Nobody can be asked here: add --yes; {state}"
        ))),
    }
}

fn is_answered(yes: bool, output: &Output<impl Write>) -> bool {
    yes || output.dry_run().is_some()
}

async fn ask(question: &str, state: &str) -> Result<(), CliError> {
    let failed = |error: io::Error| {
        CliError::new(Exit::Other, format_args!("could not ask: {error}; {state}"))
    };
    let caught = signal::caught().map_err(failed)?;
    tokio::select! {
        answer = prompt::is_yes(question) => match answer.map_err(failed)? {
            true => Ok(()),
            false => Err(CliError::new(Exit::Other, state)),
        },
        signal = caught => Err(CliError::new(signal.into(), format_args!("{signal}; {state}"))),
    }
}
