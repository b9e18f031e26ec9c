//! The whole command line.

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::cli::asa::AsaCommand;
use crate::cli::texts::with_texts;
use crate::commands::completions::{self, Completions};
use crate::commands::config::command::ConfigCommand;
use crate::commands::doctor::command::Doctor;
use crate::commands::emulator::command::EmulatorCommand;
use crate::commands::exporter::command::Exporter;
use crate::commands::login::command::{self as login, Login};
use crate::commands::version::Version;
use crate::generated::dt::Dt;
use crate::options::deferred::Deferred;
use crate::options::global::GlobalOptions;
use crate::options::token_api::TokenApiName;

/// Manage gateways of Okta Advanced Server Access, and ActiveGates and their tokens of Dynatrace
#[derive(Debug, Parser)]
#[command(name = "gatelet", version, propagate_version = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The top-level commands.
#[allow(clippy::large_enum_variant, reason = "a process parses one command")]
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Okta Advanced Server Access and Okta Privileged Access
    #[command(subcommand)]
    Asa(Deferred<AsaCommand>),
    /// Dynatrace
    #[command(visible_alias = "dynatrace")]
    Dt {
        /// API of the ActiveGate tokens [default: chosen by URL and credential]
        ///
        /// `platform` is the Fleet Management API of the Dynatrace platform, implemented as documented and not verified against the service. By
        /// default, a URL that ends in the path of an API chooses that API, https://{environment}.apps.dynatrace.com with an OAuth
        /// client or a platform token (dt0s16.) `platform`, and any other `classic`.
        #[arg(
            long,
            global = true,
            value_enum,
            value_name = "API",
            help_heading = "Global options"
        )]
        api: Option<TokenApiName>,
        #[command(subcommand)]
        command: Deferred<Dt>,
    },
    /// Profiles: addresses and where their credentials are
    #[command(subcommand)]
    Config(Deferred<ConfigCommand>),
    /// Write a profile step by step: its address, and where its credential is
    ///
    /// The credential is tried before anything is written.
    #[command(after_help = login::HELP)]
    Login(Login),
    /// Find out why a command would fail: settings, connection, clock, credential and what it may read
    ///
    /// It changes nothing and shows no secret. The exit code is that of the first check that failed.
    Doctor(Doctor),
    /// Export metrics for Prometheus: the end of each token, the state of each gateway
    ///
    /// It serves /metrics, and /healthz, which reads nothing, until SIGTERM, SIGHUP or Ctrl-C; the first line on stdout is the URL. A scrape reads
    /// the APIs, unless they were read within --interval. What could not be read has no values, and gatelet_up and gatelet_read_success are 0.
    /// It changes nothing, and no metric has a secret.
    Exporter(Exporter),
    /// An emulator of both APIs
    #[command(subcommand)]
    Emulator(Deferred<EmulatorCommand>),
    /// Print the script that completes command lines in a shell
    ///
    /// It completes commands, options and words, profiles of the configuration file, and names and ids, which a list command reads
    /// within two seconds if the address and a credential are set, and the credential is not what a command prints. It changes nothing
    /// and prints no error.
    #[command(after_help = completions::PLACES)]
    Completions(Completions),
    /// Print how this program was built: version, commit, features and target
    Version(Version),
    /// Write the reference and the manual pages of the command line
    #[cfg(feature = "docs")]
    #[command(hide = true)]
    Docs {
        /// Folder for cli.md and the folder man1
        folder: std::path::PathBuf,
    },
}

/// Returns the command line as it is parsed: what it does not name is not built, and it has no long texts.
pub(crate) fn syntax() -> clap::Command {
    Args::command()
}

/// Returns the whole command line, built, whose help has lines of this many characters.
pub(crate) fn command(width: usize) -> clap::Command {
    let mut command = syntax().term_width(width);
    command.build();
    with_texts(command)
}

#[cfg(test)]
mod tests {
    use gatelet_models::{Operation, asa, dt};

    use super::*;

    #[test]
    fn the_command_tree_is_consistent() {
        command(80).debug_assert();
    }

    /// Returns what the commands without commands of their own are about.
    fn abouts(command: &clap::Command) -> Vec<String> {
        let own = command.get_about().filter(|_| !command.has_subcommands());
        let below = command.get_subcommands();
        let below = below.filter(|it| it.get_name() != "help").flat_map(abouts);
        own.map(ToString::to_string)
            .into_iter()
            .chain(below)
            .collect()
    }

    #[test]
    fn the_help_of_each_command_is_a_request() {
        let abouts = abouts(&command(80));
        assert!(abouts.len() > 10, "{abouts:?}");
        for about in abouts {
            for part in about.split(" and ") {
                let word = part.split(' ').next().unwrap();
                assert!(!word.ends_with('s'), "{about}");
            }
        }
    }

    /// Returns the options of a command and of its subcommands.
    fn options(command: &clap::Command) -> Vec<clap::Arg> {
        let own = command.get_arguments().cloned();
        own.chain(command.get_subcommands().flat_map(options))
            .collect()
    }

    #[test]
    fn the_help_of_an_option_is_a_request_and_lists_known_words() {
        for option in options(&command(80)) {
            let help = option.get_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            assert!(!help.starts_with("Lists "), "{help}");
            let names = option.get_value_names().unwrap_or_default();
            let takes_word = names.iter().any(|it| it == "WORD");
            assert_eq!(help.contains("[known words: "), takes_word, "{help}");
        }
    }

    /// Returns the text after the help of a command and of its subcommands.
    fn after_helps(command: &clap::Command) -> Vec<String> {
        let own = command.get_after_help().map(ToString::to_string);
        let below = command.get_subcommands().flat_map(after_helps);
        own.into_iter().chain(below).collect()
    }

    #[test]
    fn every_authenticated_operation_has_exactly_one_command() {
        let helps = after_helps(&command(80));
        let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
        let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
        for operation in asa.chain(dt) {
            let Operation {
                vendor,
                id,
                authenticated,
                ..
            } = operation;
            let named = helps
                .iter()
                // Those of several operations, or of one that has a command of its own.
                .filter(|help| !help.contains("API calls:"))
                .filter(|help| help.contains(&format!("{vendor} {id}:")));
            assert_eq!(named.count(), usize::from(*authenticated), "{id}");
        }
    }
}
