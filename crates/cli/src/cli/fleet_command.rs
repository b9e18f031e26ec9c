//! Which commands run with several profiles.

use clap::ArgMatches;

use crate::cli::args::Command;
use crate::cli::asa::AsaCommand;
use crate::cli::usage::has_value;
use crate::error::error::CliError;
use crate::generated::asa::{
    Asa, EnrollmentTokenCommand, GatewayCommand, GatewaySetupTokenCommand, ResourceGroupCommand,
    ResourceGroupEnrollmentTokenCommand,
};
use crate::generated::dt::{ActiveGateCommand, ActiveGateTokenCommand, Dt};
use crate::options::deferred::Deferred;
use crate::settings::key::Vendor;

/// What is wrong with a command that changes something.
const CHANGES: &str =
    "a command that changes something takes one profile: --profile; nothing was sent";

/// Checks that a command may run with several profiles, and returns the vendors whose settings it needs. This is the place to allow a command.
///
/// # Errors
/// It changes something, shows a secret, never ends, continues the list of one environment, or calls no API.
pub(crate) fn vendors(command: &Command, matches: &ArgMatches) -> Result<Vec<Vendor>, CliError> {
    if watches(command) {
        return Err(CliError::usage(
            "`watch` never ends, so that the next profile would not begin; it takes one profile: --profile",
        ));
    }
    if plans(command) {
        return Err(CliError::usage(
            "--plan is a file of one environment and takes one profile: --profile; nothing was sent",
        ));
    }
    let (vendors, verb) = match command {
        Command::Asa(Deferred(AsaCommand::Migrate(_))) => {
            return Err(CliError::usage(
                "`migrate` has two profiles of its own: name no others; nothing was sent",
            ));
        }
        Command::Asa(Deferred(AsaCommand::Operation(asa))) if reveals(asa) => {
            return Err(CliError::usage(
                "`reveal` shows one secret and takes one profile: --profile; nothing was sent",
            ));
        }
        Command::Asa(Deferred(asa)) => (vec![Vendor::Asa], asa.mutation_verb()),
        Command::Dt {
            command: Deferred(command),
            ..
        } => (vec![Vendor::Dt], command.mutation_verb()),
        Command::Doctor(doctor) => (doctor.vendors(), None),
        _ => {
            return Err(CliError::usage(
                "several profiles are for commands that call an API: asa, dt and doctor",
            ));
        }
    };
    if verb.is_some() {
        return Err(CliError::usage(CHANGES));
    }
    // `Paging` has it.
    if has_value(matches, "page_token") {
        return Err(CliError::usage(
            "--page-token is of one environment and takes one profile: --profile; nothing was sent",
        ));
    }
    Ok(vendors)
}

/// Returns whether a command goes on until it is stopped.
fn watches(command: &Command) -> bool {
    match command {
        Command::Asa(Deferred(AsaCommand::Operation(asa))) => {
            matches!(asa, Asa::Gateway(Deferred(GatewayCommand::Watch(_))))
        }
        Command::Dt {
            command: Deferred(dt),
            ..
        } => matches!(dt, Dt::ActiveGate(Deferred(ActiveGateCommand::Watch(_)))),
        _ => false,
    }
}

/// Returns whether a command writes the plan of one environment to a file.
fn plans(command: &Command) -> bool {
    match command {
        Command::Dt {
            command: Deferred(Dt::ActiveGateToken(Deferred(ActiveGateTokenCommand::Prune(prune)))),
            ..
        } => prune.has_file(),
        _ => false,
    }
}

/// Returns whether a command shows a secret.
fn reveals(command: &Asa) -> bool {
    matches!(
        command,
        Asa::EnrollmentToken(Deferred(EnrollmentTokenCommand::Reveal(_)))
            | Asa::GatewaySetupToken(Deferred(GatewaySetupTokenCommand::Reveal(_)))
            | Asa::ResourceGroup(Deferred(ResourceGroupCommand::EnrollmentToken(Deferred(
                ResourceGroupEnrollmentTokenCommand::Reveal(_)
            ))))
    )
}
