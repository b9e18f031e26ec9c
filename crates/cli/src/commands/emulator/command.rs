//! The subcommands of `gatelet emulator`.

use clap::Subcommand;

use crate::client::factory::ClientFactory;
use crate::commands::emulator::enroll::Enroll;
use crate::commands::emulator::serve::Serve;
use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// The commands on the emulator.
#[derive(Debug, Subcommand)]
pub(crate) enum EmulatorCommand {
    /// Serve the emulator over HTTP until SIGTERM, SIGHUP or Ctrl-C
    ///
    /// The first line on stdout is the URL; stderr shows the environment variables to set. With --verbose, each request is
    /// logged to stderr.
    Serve(Serve),
    /// Enroll a gateway in the embedded emulator, as its agent would with a setup token
    Enroll(Enroll),
}

impl EmulatorCommand {
    /// Runs the command and prints its result. `on_stop` is called once a signal has asked a server to stop.
    pub(crate) async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
        on_stop: impl FnOnce(),
    ) -> Result<(), CliError> {
        match self {
            Self::Serve(serve) => {
                let stdout = output.sink();
                serve.run(clients.is_verbose(), stdout, on_stop).await
            }
            Self::Enroll(enroll) => enroll.run(clients, output).await,
        }
    }
}
