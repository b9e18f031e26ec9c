//! The options of every command.

use clap::{ArgAction, ValueEnum as _};

use crate::error::error::CliError;
use crate::options::connection::ConnectionOptions;
use crate::options::output::OutputOptions;
use crate::options::profiles::{Chosen, ProfilesOptions};
use crate::options::token_api::TokenApiName;
use crate::output::target::Target;

/// The options of every command.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    #[command(flatten)]
    pub(crate) output: OutputOptions,

    /// Profile of the configuration file; then no address or credential is read from the environment
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    #[command(flatten)]
    pub(crate) profiles: ProfilesOptions,

    /// Use the embedded emulator: no account, no network, state kept in files
    #[arg(long, global = true, conflicts_with = "profile")]
    pub(crate) emulator: bool,

    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,

    /// Print the first request that would change something, without secrets, in place of sending it; only reads and token exchanges are sent
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,

    /// Log each request, its attempt, outcome and duration to stderr; -vv adds URLs and headers, without secrets
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Write each line on stderr as a JSON object: of -v, warnings and errors
    #[arg(long, global = true)]
    pub(crate) log_json: bool,
}

impl GlobalOptions {
    /// Returns which profiles are chosen, if several may be.
    ///
    /// # Errors
    /// The options exclude each other.
    pub(crate) fn chosen(&self) -> Result<Option<Chosen<'_>>, CliError> {
        let other = match (&self.profile, self.emulator) {
            (Some(_), _) => Some("--profile"),
            (None, true) => Some("--emulator"),
            (None, false) => None,
        };
        self.profiles.chosen(other)
    }

    /// Returns the options of one of several profiles.
    pub(crate) fn of_profile(self, name: &str) -> Self {
        Self {
            profile: Some(name.to_owned()),
            profiles: ProfilesOptions::default(),
            ..self
        }
    }

    /// Returns where the command goes, with the API of its tokens.
    pub(crate) fn target(&self, token_api: Option<TokenApiName>) -> Target {
        // Each option is named here, so that a new one does not compile before it is decided whether a suggested command has it, too.
        let Self {
            output: _,
            profile,
            // A command with several profiles suggests commands with one of them.
            profiles: _,
            emulator,
            connection,
            dry_run: _,
            verbose: _,
            log_json: _,
        } = self;
        let api = token_api.and_then(|api| api.to_possible_value());
        let options = [
            profile.as_ref().map(|name| format!("--profile={name}")),
            emulator.then(|| "--emulator".to_owned()),
            api.map(|api| format!("--api={}", api.get_name())),
        ];
        Target::new(
            options
                .into_iter()
                .flatten()
                .chain(connection.words())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Words {
        #[command(flatten)]
        global: GlobalOptions,
    }

    #[test]
    fn a_suggested_command_has_the_options_that_choose_its_target() {
        for (options, token_api, expected) in [
            (&[][..], None, "gatelet dt -- -x"),
            (&["--emulator"][..], None, "gatelet dt --emulator -- -x"),
            (
                &["--proxy-from-environment", "--timeout=5", "-v", "-ojson"][..],
                None,
                "gatelet dt --proxy-from-environment -- -x",
            ),
            (
                &["--profile", "my prod"][..],
                Some(TokenApiName::Platform),
                "gatelet dt '--profile=my prod' --api=platform -- -x",
            ),
            (
                &["--ca-file", "a b", "--proxy", "http://p:1", "--allow-http"][..],
                None,
                "gatelet dt '--ca-file=a b' --proxy=http://p:1 --allow-http -- -x",
            ),
        ] {
            let words = Words::try_parse_from([&["gatelet"], options].concat()).unwrap();
            let line = words
                .global
                .target(token_api)
                .command_line("gatelet dt", &["-x"]);
            assert_eq!(line, expected);
        }
    }
}
