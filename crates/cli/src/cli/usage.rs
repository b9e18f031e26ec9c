//! The command line, read by clap; a mistake in it becomes one line that repeats no value.

use std::error::Error as _;
use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::args::Args;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::parameter_names;
use crate::output::stdout::Stdout;

/// Words in an option's name that ask for what only the environment may give.
const SECRET_WORDS: [&str; 6] = ["token", "secret", "password", "credential", "bearer", "key"];

/// Reads the command line. Help and version are shown at once and end quietly.
///
/// # Errors
/// The command line is wrong, or nothing is left to do.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Args, CliError> {
    Args::try_parse_from(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            match print_help(&error) {
                // A stderr that cannot be written to changes nothing.
                _ if error.use_stderr() => CliError::silent(Exit::Usage),
                Ok(()) => CliError::silent(Exit::Success),
                Err(problem) => problem.into(),
            }
        }
        _ => CliError::usage(render(&error)),
    })
}

/// Shows a help or the version.
fn print_help(text: &clap::Error) -> io::Result<()> {
    if !text.use_stderr() {
        Stdout::open()?.ensure_open()?;
    }
    text.print()?;
    io::stdout().flush()
}

/// One line about a mistake: names of ours and names of options, never a value that was given.
fn render(error: &clap::Error) -> String {
    let argument = strings(error, ContextKind::InvalidArg).join(", ");
    let text = match error.kind() {
        ErrorKind::UnknownArgument => unknown_argument(&argument),
        ErrorKind::InvalidSubcommand => String::from("there is no such command"),
        ErrorKind::MissingSubcommand => String::from("a command is missing"),
        ErrorKind::MissingRequiredArgument => format!("missing: {argument}"),
        ErrorKind::InvalidValue if argument.is_empty() => {
            String::from("a value is missing or not one of the possible ones")
        }
        ErrorKind::InvalidValue => {
            format!("{argument}: a value is missing or not one of the possible ones")
        }
        ErrorKind::ValueValidation => match error.source() {
            Some(cause) => match cause.downcast_ref() {
                Some(error) => format!("{argument}: {}", parameter_names::reason(error)),
                None => format!("{argument}: {cause}"),
            },
            None => format!("{argument}: the value cannot be used"),
        },
        ErrorKind::ArgumentConflict => {
            let prior = strings(error, ContextKind::PriorArg).join(", ");
            if prior.is_empty() || prior == argument {
                format!("{argument} is given more than once")
            } else {
                format!("{argument} cannot be used with {prior}")
            }
        }
        ErrorKind::InvalidUtf8 => String::from("an argument is not UTF-8"),
        kind => kind
            .as_str()
            .unwrap_or("the command line cannot be used")
            .to_owned(),
    };
    format!("{text}{}; see --help", suggestion(error))
}

/// An unknown option is named without its value; an unknown word is not repeated at all.
fn unknown_argument(argument: &str) -> String {
    let name = argument.split('=').next().unwrap_or_default();
    let is_option =
        name.starts_with('-') && name.bytes().all(|b| b == b'-' || b.is_ascii_alphabetic());
    if !is_option {
        return String::from("there is an argument too many");
    }
    if SECRET_WORDS.iter().any(|word| name.contains(word)) {
        return format!(
            "there is no option {name}: secrets are taken from the environment or a file only"
        );
    }
    format!("there is no option {name}")
}

/// What clap thinks was meant, or could have been said.
fn suggestion(error: &clap::Error) -> String {
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg]
        .into_iter()
        .flat_map(|kind| strings(error, kind))
        // clap sorts by similarity, the most similar last.
        .last();
    let possible = strings(error, ContextKind::ValidValue).join(", ");
    match meant {
        Some(meant) => format!(", did you mean {meant}?"),
        None if possible.is_empty() => String::new(),
        None => format!(" ({possible})"),
    }
}

fn strings(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(arguments: &[&str]) -> String {
        let error = Args::try_parse_from([&["gatelet"], arguments].concat()).unwrap_err();
        render(&error)
    }

    // C1
    #[test]
    fn a_mistake_never_repeats_a_value() {
        let lines = [
            mistake(&["dt", "token", "list", "--token=hunter2"]),
            mistake(&["dt", "token", "list", "--token", "hunter2"]),
            mistake(&["dt", "token", "list", "hunter2"]),
            mistake(&["dt", "hunter2"]),
            mistake(&["-o", "hunter2", "dt", "token", "list"]),
            mistake(&["--timeout", "hunter2", "dt", "token", "list"]),
            mistake(&["dt", "token", "list", "--page-size", "hunter2"]),
            mistake(&["dt", "token", "create", "a", "--type", "hunter2"]),
            mistake(&["asa", "gw", "update", "a", "--label", "hunter2"]),
        ];
        for line in lines {
            assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn a_mistake_says_what_would_be_right() {
        assert_eq!(
            mistake(&["-o", "tabel", "dt", "token", "list"]),
            "--output <FORMAT>: a value is missing or not one of the possible ones (table, json, ndjson); see --help"
        );
        assert_eq!(
            mistake(&["dt", "token", "get"]),
            "missing: <ID>; see --help"
        );
        assert_eq!(
            mistake(&["dt", "token", "list", "--page-sice", "100"]),
            "there is no option --page-sice, did you mean --page-size?; see --help"
        );
        assert_eq!(
            mistake(&["dt", "token", "list", "--token", "x"]),
            "there is no option --token: secrets are taken from the environment or a file only; see --help"
        );
        assert_eq!(
            mistake(&["asa", "gatway", "list"]),
            "there is no such command, did you mean gateway?; see --help"
        );
    }
}
