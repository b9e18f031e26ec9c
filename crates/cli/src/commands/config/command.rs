//! The subcommands of `gatelet config`.

use std::io::Write as _;

use clap::Subcommand;

use crate::commands::config::current::existing;
use crate::commands::config::edit::{Set, Unset, Use};
use crate::commands::config::template;
use crate::commands::config::validation;
use crate::commands::config::view::{self, Get};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log_entry::print_line;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::private_file;
use crate::settings::config_path::required_config_path;

/// The commands on the configuration file.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Create the configuration file, with a comment for each key
    Init,
    /// Print the value of a key of a profile, or those of all its keys
    Get(Get),
    /// Set a key of a profile, which is created if it does not exist
    Set(Set),
    /// Remove a key of a profile
    Unset(Unset),
    /// List the profiles
    #[command(visible_alias = "ls")]
    List,
    /// Use a profile where none is named
    Use(Use),
    /// Print the path of the configuration file
    Path,
    /// Check the configuration file
    ///
    /// Prints one line for each problem to stderr: unknown keys, values of another form, URLs that are invalid.
    Validate,
}

impl ConfigCommand {
    /// Runs the command; `profile` is the one that the command line names.
    pub(crate) fn run(
        self,
        profile: Option<&str>,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        match self {
            Self::Init => init(),
            Self::Get(get) => get.run(profile, output),
            Self::Set(set) => set.run(profile),
            Self::Unset(unset) => unset.run(profile),
            Self::List => view::list(&existing()?, output),
            Self::Use(command) => command.run(),
            Self::Path => {
                let sink = output.sink();
                writeln!(sink, "{}", required_config_path()?.display())?;
                Ok(sink.flush()?)
            }
            Self::Validate => validate(),
        }
    }
}

fn init() -> Result<(), CliError> {
    let path = required_config_path()?;
    if path.symlink_metadata().is_ok() {
        return Err(CliError::usage(format_args!(
            "{} exists; nothing was changed",
            path.display()
        )));
    }
    private_file::replace(&path, template::text().as_bytes()).map_err(|error| {
        CliError::new(
            Exit::Other,
            format_args!("could not write {}: {error}", path.display()),
        )
    })?;
    print_line(&format!("created {}", path.display()));
    Ok(())
}

fn validate() -> Result<(), CliError> {
    let path = existing()?.path().to_owned();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        CliError::usage(format_args!("could not read {}: {error}", path.display()))
    })?;
    let problems = validation::problems(&path, &text)?;
    for problem in &problems {
        print_line(&format!("{}:{problem}", path.display()));
    }
    match problems.len() {
        0 => Ok(()),
        1 => Err(CliError::usage("1 problem")),
        many => Err(CliError::usage(format_args!("{many} problems"))),
    }
}
