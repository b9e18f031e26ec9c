//! `gatelet emulator enroll`.

use gatelet_models::asa::{GatewaySetupTokenId, GatewayUpdate};

use crate::client::embedded;
use crate::client::factory::ClientFactory;
use crate::commands::report;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Enrolls a gateway.
#[derive(Debug, clap::Args)]
pub(crate) struct Enroll {
    /// Name of the gateway
    name: String,
    /// ID of the setup token to enroll with
    #[arg(long, value_name = "ID")]
    setup_token: GatewaySetupTokenId,
}

impl Enroll {
    /// Enrolls the gateway and prints it.
    pub(crate) async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let emulator = embedded::open_default().await?;
        let tokens = clients
            .embedded_asa(emulator.clone())?
            .gateway_setup_tokens();
        let value = tokens.reveal(&self.setup_token).send().await?;
        output.progress().set("enroll: outcome unknown");
        let gateway = emulator
            .enroll_gateway(&value, GatewayUpdate::new(self.name.clone()))
            .map_err(|error| match error {
                gatelet_emulator::Error::Invalid(_) => CliError::usage(error),
                _ => CliError::new(Exit::Other, error),
            })?;
        let name = self.name;
        report::print_changed(format_args!("gateway {name} was enrolled"), gateway, output)
    }
}
