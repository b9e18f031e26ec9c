//! The texts of the help that are more than a line for each command and argument.
//!
//! Only the help and an error need them, so they are added to the whole command line and not to what each command line is parsed with.

use clap::Command;

use crate::cli::examples::with_examples;
use crate::cli::variables;
use crate::commands::asa::{
    enrollment_token, gateway, gateway_setup_token, migrate, project, resource_group, service_user,
};
use crate::commands::dt::{active_gate, active_gate_token, update_job};
use crate::error::exit::Exit;
use crate::generated::{asa, dt};
use crate::options::built_command::BuiltCommand as _;
use crate::options::operation_help::OperationHelp;

/// Adds all texts to a command line that is built.
pub(crate) fn with_texts(command: Command) -> Command {
    let operations = [asa::OPERATIONS, dt::OPERATIONS].concat();
    let command = with_operations(command, "gatelet", &operations)
        .after_long_help(format!("{}\n\n{}", variables::help(), Exit::help()))
        .with_subcommand("asa", with_asa)
        .with_subcommand("dt", with_dt);
    with_examples(command)
}

fn with_asa(asa: Command) -> Command {
    asa.with_subcommand("enrollment-token", enrollment_token::with_texts)
        .with_subcommand("gateway", gateway::with_texts)
        .with_subcommand("gateway-setup-token", gateway_setup_token::with_texts)
        .with_subcommand("migrate", migrate::with_texts)
        .with_subcommand("service-user", service_user::with_texts)
        .with_subcommand("project", project::with_texts)
        .with_subcommand("resource-group", resource_group::with_texts)
}

fn with_dt(dt: Command) -> Command {
    dt.with_subcommand("active-gate", active_gate::with_texts)
        .with_subcommand("active-gate-token", active_gate_token::with_texts)
        .with_subcommand("update-job", update_job::with_texts)
}

/// Describes the operation of each command that has one, after its help.
fn with_operations(command: Command, words: &str, operations: &[OperationHelp]) -> Command {
    command.mut_subcommands(|it| {
        let words = format!("{words} {}", it.get_name());
        let own = operations.iter().find(|(line, ..)| *line == words);
        let it = match own {
            Some((_, describe, operation)) => it.after_help(describe(operation)),
            None => it,
        };
        with_operations(it, &words, operations)
    })
}
