//! Commands that are built only when one of them is called.

use clap::{ArgMatches, Command, Error, FromArgMatches, Subcommand};

/// The commands of a noun. Their arguments are not built before a command line names the noun, because most of the time that it takes to
/// parse a command line is spent on building what it does not name.
#[derive(Debug)]
pub(crate) struct Deferred<C>(pub(crate) C);

impl<C: Subcommand> Subcommand for Deferred<C> {
    fn augment_subcommands(command: Command) -> Command {
        command.defer(C::augment_subcommands)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        command.defer(C::augment_subcommands_for_update)
    }

    fn has_subcommand(name: &str) -> bool {
        C::has_subcommand(name)
    }
}

impl<C: FromArgMatches> FromArgMatches for Deferred<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        C::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        C::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }

    fn update_from_arg_matches_mut(&mut self, matches: &mut ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches_mut(matches)
    }
}
