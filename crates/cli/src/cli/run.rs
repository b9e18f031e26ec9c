//! Runs a command in a runtime until it ends or is asked to stop.

use std::time::Duration;

use crate::cli::args::{Args, Command};
use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::signal;

/// Runs one command to its end.
///
/// # Errors
/// The error of the command.
pub(crate) fn run(args: Args) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new(Exit::Other, format_args!("could not start: {error}")))?;
    let result = runtime.block_on(dispatch(args));
    // Do not wait for what still runs, such as a name resolution that never ends.
    runtime.shutdown_timeout(Duration::ZERO);
    result
}

async fn dispatch(args: Args) -> Result<(), CliError> {
    let clients = ClientFactory::new(&args.global);
    let mut output = Output::new(args.global.output, Stdout::open()?);
    match args.command {
        Command::Asa(asa) => {
            until_stopped(asa.mutation_verb(), asa.run(&clients, &mut output)).await
        }
        Command::Dt { api, command } => {
            let clients = clients.with_token_api(api);
            until_stopped(command.mutation_verb(), command.run(&clients, &mut output)).await
        }
        Command::Emulator(emulator) => emulator.run(&clients, &mut output).await,
    }
}

/// Runs a command until it ends or a signal asks the process to. `mutation_verb` says what the command may have changed.
async fn until_stopped(
    mutation_verb: Option<&'static str>,
    command: impl Future<Output = Result<(), CliError>>,
) -> Result<(), CliError> {
    let caught = signal::caught()
        .map_err(|error| CliError::new(Exit::Other, format_args!("could not start: {error}")))?;
    tokio::select! {
        biased;
        result = command => result,
        signal = caught => Err(CliError::new(signal.into(), match mutation_verb {
            Some(verb) => format!("{signal}; {verb}: outcome unknown"),
            None => signal.to_string(),
        })),
    }
}
