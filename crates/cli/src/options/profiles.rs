//! The options that choose several profiles.

use std::convert::Infallible;

use crate::error::error::CliError;
use crate::glob::Glob;
use crate::options::paging::count;

/// With how many profiles a command runs at the same time.
const CONCURRENCY: u16 = 8;

/// The options that choose several profiles.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct ProfilesOptions {
    /// Run a command that only reads with every profile that has settings of its vendor; all rows in one list
    #[arg(long, global = true)]
    pub(crate) all_profiles: bool,

    /// Like --all-profiles, with the profiles that match one of these: prod-*,test
    #[arg(long, global = true, value_name = "GLOBS", value_delimiter = ',', value_parser = glob)]
    pub(crate) profiles: Option<Vec<Glob>>,

    /// With how many of several profiles to run at the same time [default: 8]
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true, value_parser = count::<u16>)]
    pub(crate) concurrency: Option<u16>,
}

/// Several profiles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Chosen<'a> {
    All,
    Matching(&'a [Glob]),
}

impl Chosen<'_> {
    /// Returns the option that chooses them.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::All => "--all-profiles",
            Self::Matching(_) => "--profiles",
        }
    }
}

impl ProfilesOptions {
    /// Returns which profiles are chosen, if several may be. `other` is another option that says where a command goes.
    ///
    /// # Errors
    /// The options exclude each other.
    pub(crate) fn chosen(
        &self,
        other: Option<&'static str>,
    ) -> Result<Option<Chosen<'_>>, CliError> {
        let chosen = match (self.all_profiles, &self.profiles) {
            (false, None) => return Ok(None),
            (true, Some(_)) => return Err(excluded("--profiles", "--all-profiles")),
            (true, None) => Chosen::All,
            (false, Some(patterns)) => Chosen::Matching(patterns),
        };
        match other {
            Some(other) => Err(excluded(chosen.option(), other)),
            None => Ok(Some(chosen)),
        }
    }

    /// Returns with how many profiles a command runs at the same time.
    pub(crate) fn concurrency(&self) -> usize {
        self.concurrency.unwrap_or(CONCURRENCY).into()
    }
}

fn excluded(option: &str, other: &str) -> CliError {
    CliError::usage(format_args!(
        "{option} cannot be used with {other}; see --help"
    ))
}

/// Parses a pattern of names.
fn glob(text: &str) -> Result<Glob, &'static str> {
    match text.is_empty() {
        true => Err("must not be empty"),
        false => text.parse().map_err(|_: Infallible| "must be a pattern"),
    }
}
