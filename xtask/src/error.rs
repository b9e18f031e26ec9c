//! The error of a task.

use std::fmt;

use pico_args::Arguments;

/// The reason why a task failed. The text ends with what to do.
#[derive(Debug)]
pub(crate) enum Error {
    /// The command line is invalid: exit code 2.
    Usage(String),
    /// A check found something, or a step failed: exit code 1.
    Check(String),
}

impl Error {
    /// Returns the exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Check(_) => 1,
        }
    }

    /// Returns an error with a title and one line for each finding, or `Ok` if there is none.
    pub(crate) fn from_findings(title: &str, findings: &[String]) -> Result<(), Self> {
        if findings.is_empty() {
            return Ok(());
        }
        Err(Self::Check(format!(
            "{title}: {} found\n  {}",
            findings.len(),
            findings.join("\n  ")
        )))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Check(text) => f.write_str(text),
        }
    }
}

impl From<String> for Error {
    fn from(text: String) -> Self {
        Self::Check(text)
    }
}

impl From<pico_args::Error> for Error {
    fn from(error: pico_args::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

/// Rejects arguments that the task did not take.
pub(crate) fn finish(task: &str, arguments: Arguments) -> Result<(), Error> {
    match arguments.finish().first() {
        None => Ok(()),
        Some(argument) => Err(Error::Usage(format!(
            "`{task}`: unexpected argument `{}`",
            argument.display()
        ))),
    }
}
