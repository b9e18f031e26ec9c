//! Runs a command: its runtime, its end by Ctrl-C.

use std::time::Duration;

use crate::cli::args::{Args, Command};
use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::race::first;
use crate::signal;

/// Runs one command to its end.
///
/// # Errors
/// What the command failed with.
pub(crate) fn run(args: Args) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new(Exit::Other, format_args!("could not start: {error}")))?;
    let ended = runtime.block_on(dispatch(args));
    // Whatever still runs, such as a name resolution without end, is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    ended
}

async fn dispatch(args: Args) -> Result<(), CliError> {
    let clients = ClientFactory::new(&args.global);
    let mut output = Output::new(args.global.output, Stdout::open()?);
    match args.command {
        Command::Asa(asa) => {
            until_interrupted(asa.mutation_verb(), asa.run(&clients, &mut output)).await
        }
        Command::Dt(dt) => {
            until_interrupted(dt.mutation_verb(), dt.run(&clients, &mut output)).await
        }
        Command::Emulator(emulator) => emulator.run(&clients, &mut output).await,
    }
}

/// Runs a command until it ends or Ctrl-C is pressed; `change` names what it changes.
async fn until_interrupted(
    change: Option<&'static str>,
    command: impl Future<Output = Result<(), CliError>>,
) -> Result<(), CliError> {
    let interrupt = signal::interrupt()
        .map_err(|error| CliError::new(Exit::Other, format_args!("could not start: {error}")))?;
    let interrupted = async {
        interrupt.await;
        Err(match change {
            Some(change) => CliError::new(
                Exit::Interrupted,
                format_args!("interrupted; {change}: outcome unknown"),
            ),
            None => CliError::new(Exit::Interrupted, "interrupted"),
        })
    };
    first(command, interrupted).await
}
