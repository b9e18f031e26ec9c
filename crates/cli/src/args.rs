//! The command line as a whole.

use std::time::Duration;

use clap::{ArgAction, Parser, Subcommand};

use crate::commands::asa::Asa;
use crate::commands::dt::Dt;
use crate::commands::emulator::EmulatorCommand;
use crate::exit::Exit;
use crate::output::Format;

/// Gateways of Okta Advanced Server Access and ActiveGate tokens of Dynatrace
#[derive(Debug, Parser)]
#[command(name = "gatelet", version, propagate_version = true, after_long_help = after_help())]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// How results are written to stdout
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) output: Format,

    /// Answer from the embedded emulator: no account, no network, one file of state
    #[arg(long, global = true)]
    pub(crate) emulator: bool,

    /// Longest time for a call, its retries included, in seconds [default: 90]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Say on stderr what is requested and what comes back, without any content
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The systems that are spoken to.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Okta Advanced Server Access, and Okta Privileged Access
    #[command(subcommand)]
    Asa(Asa),
    /// Dynatrace
    #[command(subcommand, visible_alias = "dynatrace")]
    Dt(Dt),
    /// An emulator of both APIs
    #[command(subcommand)]
    Emulator(EmulatorCommand),
}

/// Reads a number of seconds, with or without a fraction: more than 0, at most a day.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    const WANTED: &str = "a number of seconds is wanted, more than 0 and at most 86400";
    let number: f64 = text.parse().map_err(|_| WANTED)?;
    match Duration::try_from_secs_f64(number) {
        Ok(duration) if !duration.is_zero() && duration <= Duration::from_secs(86_400) => {
            Ok(duration)
        }
        _ => Err(WANTED),
    }
}

fn after_help() -> String {
    format!("{ENVIRONMENT}\n{}", Exit::help())
}

const ENVIRONMENT: &str = "\
Environment:
  GATELET_ASA_TEAM        the team's name
  GATELET_ASA_URL         another address than https://app.scaleft.com, such as that of Privileged Access
  GATELET_ASA_KEY_ID      the service user's key
  GATELET_ASA_KEY_SECRET  its secret, or GATELET_ASA_KEY_SECRET_FILE: a file that holds it
  GATELET_DT_URL          the environment's address, such as https://abc12345.live.dynatrace.com
  GATELET_DT_TOKEN        an API token, or GATELET_DT_TOKEN_FILE: a file that holds it
  GATELET_EMULATOR_DATA   the file with the state of --emulator
";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use models::{Operation, asa, dt};

    use super::*;

    #[test]
    fn the_command_tree_is_consistent() {
        Args::command().debug_assert();
    }

    /// What the help of a command and of all below it adds at its end.
    fn after_helps(command: &clap::Command) -> Vec<String> {
        let own = command.get_after_help().map(ToString::to_string);
        let below = command.get_subcommands().flat_map(after_helps);
        own.into_iter().chain(below).collect()
    }

    #[test]
    fn every_operation_has_one_command_and_the_exchange_of_a_key_has_none() {
        let helps = after_helps(&Args::command());
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
                .filter(|help| help.contains(&format!("{vendor} {id}:")));
            assert_eq!(named.count(), usize::from(*authenticated), "{id}");
        }
    }

    #[test]
    fn seconds_are_positive_and_at_most_a_day() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("86400"), Ok(Duration::from_secs(86_400)));
        for wrong in ["0", "-1", "86401", "inf", "NaN", "1e400", "", "1s"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
