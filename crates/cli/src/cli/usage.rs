//! Parses the command line; an error is one line that repeats no value.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, FromArgMatches as _};

use crate::cli::args::{self, Args};
use crate::cli::help;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::parameter_names;
use crate::nearest::nearest_of;

/// Words in the name of an option that suggest a secret, which no option takes.
const SECRET_WORDS: [&str; 6] = ["token", "secret", "password", "credential", "bearer", "key"];

/// A command line that was parsed.
#[derive(Debug)]
pub(crate) struct CommandLine {
    pub(crate) args: Args,
    pub(crate) matches: ArgMatches,
}

impl CommandLine {
    fn of(matches: ArgMatches) -> Result<Self, clap::Error> {
        let args = Args::from_arg_matches(&matches)?;
        Ok(Self { args, matches })
    }
}

/// Returns the arguments once more, for a command that runs several times.
///
/// # Errors
/// None in practice: they were valid when they were parsed.
pub(crate) fn repeat(matches: &ArgMatches) -> Result<Args, CliError> {
    Args::from_arg_matches(matches).map_err(|error| CliError::usage(render(&error)))
}

/// Returns whether the last command of the line has a value of an argument.
pub(crate) fn has_value(matches: &ArgMatches, id: &str) -> bool {
    let mut leaf = matches;
    while let Some((_, inner)) = leaf.subcommand() {
        leaf = inner;
    }
    let is_own = leaf.ids().any(|own| own == id);
    is_own && leaf.value_source(id) == Some(ValueSource::CommandLine)
}

/// Parses the command line. Prints help and version.
///
/// # Errors
/// The command line is invalid; or help or version was printed, which is a silent error with its exit code.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<CommandLine, CliError> {
    if is_version(&arguments) {
        help::print_version()?;
        return Err(CliError::silent(Exit::Success));
    }
    try_parse(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => match help::print(&error) {
            Ok(()) if error.use_stderr() => CliError::silent(Exit::Usage),
            Ok(()) => CliError::silent(Exit::Success),
            Err(problem) => problem.into(),
        },
        _ => CliError::usage(render(&error)),
    })
}

/// Returns whether the version alone is asked for, which needs no command line.
fn is_version(arguments: &[OsString]) -> bool {
    matches!(arguments, [_, option] if option == "--version" || option == "-V")
}

fn try_parse<T: Into<OsString>>(
    arguments: impl IntoIterator<Item = T>,
) -> Result<CommandLine, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    match parse_syntax(&arguments) {
        Ok(args) => return Ok(args),
        Err(error) if error.kind() == ErrorKind::DisplayVersion => return Err(error),
        // A request for help, or a mistake that help may be about.
        Err(_) => {}
    }
    let mut command = args::command(help::width());
    let matches = command.try_get_matches_from_mut(&arguments);
    let matches = matches.map_err(|mut error| {
        let has_none = error.get(ContextKind::SuggestedSubcommand).is_none();
        if error.kind() == ErrorKind::InvalidSubcommand && has_none {
            let meant = meant_by_help(&command, &arguments);
            let meant = meant.map(|it| ContextValue::String(it.to_owned()));
            meant.map(|it| error.insert(ContextKind::SuggestedSubcommand, it));
        }
        error
    })?;
    CommandLine::of(matches).map_err(|error| error.format(&mut command))
}

/// Parses without what only help and mistakes need.
fn parse_syntax(arguments: &[OsString]) -> Result<CommandLine, clap::Error> {
    CommandLine::of(args::syntax().try_get_matches_from(arguments)?)
}

/// Returns the command that `help` was probably asked for, which clap does not suggest.
fn meant_by_help<'a>(mut command: &'a Command, arguments: &[OsString]) -> Option<&'a str> {
    let mut words = arguments.iter().filter_map(|it| it.to_str());
    words.find(|word| *word == "help")?;
    for word in words {
        match command.find_subcommand(word) {
            Some(inner) => command = inner,
            None => {
                let names = command.get_subcommands();
                return nearest_of(word, names.flat_map(Command::get_name_and_visible_aliases));
            }
        }
    }
    None
}

/// Renders an error as one line, with the names of options and subcommands but never a given value.
fn render(error: &clap::Error) -> String {
    let argument = strings(error, ContextKind::InvalidArg).join(", ");
    let text = match error.kind() {
        ErrorKind::UnknownArgument => unknown_argument(&argument),
        ErrorKind::InvalidSubcommand => String::from("unrecognized subcommand"),
        ErrorKind::MissingSubcommand => String::from("missing subcommand"),
        ErrorKind::MissingRequiredArgument => format!("missing required argument: {argument}"),
        ErrorKind::InvalidValue if argument.is_empty() => String::from("missing or invalid value"),
        ErrorKind::InvalidValue => {
            format!("{argument}: missing or invalid value")
        }
        ErrorKind::ValueValidation => match error.source() {
            Some(cause) => match cause.downcast_ref() {
                Some(error) => format!("{argument}: {}", parameter_names::reason(error)),
                None => format!("{argument}: {cause}"),
            },
            None => format!("{argument}: invalid value"),
        },
        ErrorKind::ArgumentConflict => {
            let prior = strings(error, ContextKind::PriorArg).join(", ");
            if prior.is_empty() || prior == argument {
                format!("{argument} cannot be used multiple times")
            } else {
                format!("{argument} cannot be used with {prior}")
            }
        }
        ErrorKind::InvalidUtf8 => String::from("an argument is not valid UTF-8"),
        kind => kind.as_str().unwrap_or("invalid command line").to_owned(),
    };
    format!("{text}{}; see --help", suggestion(error))
}

/// Names an unknown option without its value; does not repeat any other argument.
fn unknown_argument(argument: &str) -> String {
    let name = argument.split('=').next().unwrap_or_default();
    let is_option =
        name.starts_with('-') && name.bytes().all(|b| b == b'-' || b.is_ascii_alphabetic());
    let hint = match name.starts_with('-') && !name.starts_with("--") {
        true => {
            "; before an id that begins with `-`, write `--`, and before such a value of an option, `=`"
        }
        false => "",
    };
    if !is_option {
        return format!("unexpected argument{hint}");
    }
    if SECRET_WORDS.iter().any(|word| name.contains(word)) {
        return format!(
            "unknown option {name}: secrets are read from the environment or a file only"
        );
    }
    format!("unknown option {name}{hint}")
}

/// Returns clap's suggestion, or the possible values.
fn suggestion(error: &clap::Error) -> String {
    let suggested = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let suggested = suggested.into_iter().flat_map(|kind| strings(error, kind));
    // The last one is the most similar.
    let suggested = match suggested.last() {
        Some(suggested) => format!(" (did you mean {suggested}?)"),
        None => String::new(),
    };
    let possible = strings(error, ContextKind::ValidValue).join(", ");
    match possible.is_empty() {
        true => suggested,
        false => format!("{suggested} [possible values: {possible}]"),
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
        let error = try_parse([&["gatelet"], arguments].concat()).unwrap_err();
        render(&error)
    }

    // C1
    #[test]
    fn an_error_never_repeats_a_value() {
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
    fn an_error_suggests_what_is_valid() {
        assert_eq!(
            mistake(&["-o", "tabel", "dt", "token", "list"]),
            "--output <FORMAT>: missing or invalid value (did you mean table?) [possible values: table, wide, json, ndjson, csv, yaml, name, markdown]; see --help"
        );
        assert_eq!(
            mistake(&["dt", "token", "get"]),
            "missing required argument: <ID>; see --help"
        );
        assert_eq!(
            mistake(&["dt", "token", "list", "--page-sice", "100"]),
            "unknown option --page-sice (did you mean --page-size?); see --help"
        );
        assert_eq!(
            mistake(&["dt", "token", "list", "--token", "x"]),
            "unknown option --token: secrets are read from the environment or a file only; see --help"
        );
        for id in ["-0x1", "-1a", "-7;x"] {
            assert_eq!(
                mistake(&["dt", "active-gate", "get", id]),
                "unexpected argument; before an id that begins with `-`, write `--`, and before such a value of an option, `=`; see --help",
                "{id}"
            );
        }
        assert_eq!(
            mistake(&["dt", "active-gate", "get", "-x9"]),
            "unknown option -x; before an id that begins with `-`, write `--`, and before such a value of an option, `=`; see --help"
        );
        assert_eq!(
            mistake(&["asa", "gatway", "list"]),
            "unrecognized subcommand (did you mean gateway?); see --help"
        );
    }

    #[test]
    fn the_version_is_what_clap_prints() {
        assert!(is_version(&["gatelet".into(), "-V".into()]));
        assert!(!is_version(&["gatelet".into(), "help".into()]));
        let version = concat!("gatelet ", env!("CARGO_PKG_VERSION"), "\n");
        assert_eq!(args::command(80).render_version(), version);
    }

    // U32
    #[test]
    fn a_mistyped_command_is_suggested() {
        for (line, meant) in [
            ("asa gatway list", "gateway"),
            ("asa gateways lists", "list"),
            ("confg list", "config"),
            ("dt tokn list", "token"),
            ("help asa gatway", "gateway"),
            ("-o jsn asa gateway list", "json"),
            ("asa gateway list --limt 1", "--limit"),
            ("dt --api clasic token list", "classic"),
        ] {
            let words: Vec<_> = line.split(' ').collect();
            let error = mistake(&words);
            let hint = format!("(did you mean {meant}?)");
            assert!(error.contains(&hint), "{line}: {error}");
        }
    }
}
