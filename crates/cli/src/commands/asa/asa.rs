//! `gatelet asa`: Okta Advanced Server Access.

use clap::Subcommand;

use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

use crate::commands::asa::gateway::GatewayCommand;
use crate::commands::asa::gateway_setup_token::GatewaySetupTokenCommand;

/// The commands of an ASA team.
#[derive(Debug, Subcommand)]
pub(crate) enum Asa {
    /// Gateways: the agents that relay connections to servers
    #[command(subcommand, visible_aliases = ["gateways", "gw"])]
    Gateway(GatewayCommand),
    /// Gateway setup tokens, which new gateways enroll with
    #[command(subcommand, visible_aliases = ["gateway-setup-tokens", "setup-token", "setup-tokens", "gst"])]
    GatewaySetupToken(GatewaySetupTokenCommand),
}

impl Asa {
    /// Returns what the command changes, as a verb; `None` if it only reads.
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        match self {
            Self::Gateway(command) => command.mutation_verb(),
            Self::GatewaySetupToken(command) => command.mutation_verb(),
        }
    }

    pub(crate) async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let client = clients.asa().await?;
        match self {
            Self::Gateway(command) => command.run(&client, output).await,
            Self::GatewaySetupToken(command) => command.run(&client, output).await,
        }
    }
}
