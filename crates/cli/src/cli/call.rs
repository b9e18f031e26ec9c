//! Runs a command that calls the APIs of the vendors.

use crate::cli::args::Command;
use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::generated::dt::{ActiveGateCommand, Dt};
use crate::options::deferred::Deferred;
use crate::options::token_api::TokenApiName;
use crate::output::dry_run::DryRun;
use crate::output::output::Output;
use crate::output::planned_output;
use crate::output::stdout::Stdout;
use crate::settings::key::Vendor;

/// Runs a command that calls the APIs of the vendors.
///
/// # Errors
/// The error of the command.
pub(crate) async fn call(
    command: Command,
    clients: ClientFactory,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    match command {
        Command::Asa(Deferred(asa)) => {
            let verb = asa.mutation_verb();
            ensure_allowed(&clients, verb, output, |verb| {
                asa.ensure_writable(&clients, verb)
            })?;
            let clients = clients.with_change(verb);
            let run = async |output: &mut _| asa.run(&clients, output).await;
            Box::pin(run_or_plan(clients.dry_run(), output, run)).await
        }
        Command::Dt {
            api,
            command: Deferred(command),
        } => {
            let clients = clients.with_token_api(api, uses_token_api(&command))?;
            let verb = command.mutation_verb();
            ensure_allowed(&clients, verb, output, |verb| {
                clients.ensure_writable(Vendor::Dt, verb)
            })?;
            let clients = clients.with_change(verb);
            let run = async |output: &mut _| command.run(&clients, output).await;
            Box::pin(run_or_plan(clients.dry_run(), output, run)).await
        }
        Command::Doctor(doctor) => Box::pin(doctor.run(clients, output)).await,
        _ => Ok(()),
    }
}

/// Returns the API of tokens that the command line names.
pub(crate) fn token_api(command: &Command) -> Option<TokenApiName> {
    match command {
        Command::Dt { api, .. } => *api,
        _ => None,
    }
}

/// Runs a command, or in a dry run prints the request at which it stops.
async fn run_or_plan(
    dry_run: Option<&DryRun>,
    output: &mut Output<Stdout>,
    command: impl AsyncFnOnce(&mut Output<Stdout>) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let Some(dry_run) = dry_run else {
        return command(output).await;
    };
    let planned = dry_run.run(command(output)).await?;
    if planned.is_none() && dry_run.is_shown() {
        output.log().print("dry run: nothing was changed");
        return Ok(());
    }
    Ok(planned_output::print(planned, output)?)
}

/// Returns what a command changes at a server, as a verb.
pub(crate) fn mutation_verb(command: &Command) -> Option<&'static str> {
    match command {
        Command::Asa(Deferred(asa)) => asa.mutation_verb(),
        Command::Dt {
            command: Deferred(command),
            ..
        } => command.mutation_verb(),
        _ => None,
    }
}

/// Returns whether a command calls operations on ActiveGate tokens, which two APIs have.
fn uses_token_api(command: &Dt) -> bool {
    matches!(
        command,
        Dt::ActiveGateToken(_) | Dt::ActiveGate(Deferred(ActiveGateCommand::Attention(_)))
    )
}

/// Checks that a command may change what `verb` says.
fn ensure_allowed(
    clients: &ClientFactory,
    verb: Option<&'static str>,
    output: &Output<Stdout>,
    ensure_writable: impl FnOnce(&str) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let Some(verb) = verb else {
        return Ok(());
    };
    if clients.dry_run().is_none() {
        ensure_writable(verb)?;
    }
    // An unknown column would be found only after the change.
    if output.has_chosen_columns() {
        return Err(CliError::usage(
            "--columns and --sort-by are for commands that only read; nothing was sent",
        ));
    }
    Ok(())
}
