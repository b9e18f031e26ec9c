//! What ends a command early: an exit code and one line for stderr.

use std::error::Error as _;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use gatelet_transport::Violation;

use crate::error::exit::Exit;
use crate::error::parameter_names;
use crate::terminal::eprint_line;

/// A command that did not succeed.
#[derive(Debug)]
pub(crate) struct CliError {
    exit: Exit,
    /// What to eprint_line; `None` ends without a word.
    line: Option<String>,
}

impl CliError {
    /// A failure that says `line`.
    pub(crate) fn new(exit: Exit, line: impl Display) -> Self {
        Self {
            exit,
            line: Some(line.to_string()),
        }
    }

    /// The command line, a setting or an input cannot be used.
    pub(crate) fn usage(line: impl Display) -> Self {
        Self::new(Exit::Usage, line)
    }

    /// An end without a word: the help was shown, or nobody reads stdout any more.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self { exit, line: None }
    }

    /// Says on stderr what went wrong, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        if let Some(line) = self.line {
            eprint_line(&line);
        }
        ExitCode::from(self.exit.code())
    }
}

/// How many of the vendor's details a line has.
const MAX_VIOLATIONS: usize = 16;

/// The error with the vendor's details and what lies beneath it; a listing that stopped says where it can go on.
impl From<gatelet_transport::Error> for CliError {
    fn from(error: gatelet_transport::Error) -> Self {
        Self::from_call_error(&error, "the address", None)
    }
}

impl CliError {
    /// Reports that a client could not be built; its address comes from the variable `url`.
    pub(crate) fn from_client_error(error: &gatelet_transport::Error, url: &str) -> Self {
        Self::from_call_error(error, url, None)
    }

    /// The failure of a listing of which so many items are still wanted, where there is a limit.
    pub(crate) fn from_list_error(error: &gatelet_transport::Error, left: Option<usize>) -> Self {
        Self::from_call_error(error, "the address", left)
    }

    fn from_call_error(error: &gatelet_transport::Error, url: &str, left: Option<usize>) -> Self {
        let exit = Exit::from(error);
        let mut line = parameter_names::describe(error, url);
        for Violation { path, message, .. } in error.violations().iter().take(MAX_VIOLATIONS) {
            line = format!("{line}; {}: {}", truncate(path), truncate(message));
        }
        let mut cause = error.source();
        while let Some(beneath) = cause {
            line = format!("{line}: {}", truncate(&beneath.to_string()));
            cause = beneath.source();
        }
        // Where nothing came before, the same command begins at the same place.
        let has_begun = error.page().is_some_and(|page| page > 1);
        if let (Some(token), true, false) = (
            error.resume_token(),
            has_begun,
            matches!(exit, Exit::Usage | Exit::Rejected),
        ) {
            // A quote within quotes is written as shells read it, and what looks like an option behind an equals sign.
            let token = token.as_str().replace('\'', r"'\''");
            let sign = if token.starts_with('-') { '=' } else { ' ' };
            line = format!("{line}; go on with --page-token{sign}'{token}'");
            if let Some(left) = left {
                line = format!("{line} --limit {left}");
            }
        }
        Self::new(exit, line)
    }
}

/// A failed write to stdout. A reader that has read enough (`| head -1`) is no failure.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::silent(Exit::Success);
        }
        Self::new(
            Exit::Other,
            format_args!("could not write to stdout: {error}"),
        )
    }
}

/// The most that a line says of one text of others, in characters.
const MAX_CHARS: usize = 300;

/// A text of others, cut to what a line can bear.
fn truncate(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_left_is_a_quiet_end() {
        let failure = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit, failure.line), (Exit::Success, None));
    }
}
