//! The command line as a whole.

use clap::{Parser, Subcommand};

use crate::commands::asa::asa::Asa;
use crate::commands::dt::Dt;
use crate::commands::emulator::EmulatorCommand;
use crate::error::exit::Exit;
use crate::options::global::GlobalOptions;

/// Gateways of Okta Advanced Server Access and ActiveGate tokens of Dynatrace
#[derive(Debug, Parser)]
#[command(name = "gatelet", version, propagate_version = true, after_long_help = after_help())]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
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
  GATELET_EMULATOR_FAULTS the token for emulator serve --faults, or GATELET_EMULATOR_FAULTS_FILE: a file that holds it
";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use gatelet_models::{Operation, asa, dt};

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
}
