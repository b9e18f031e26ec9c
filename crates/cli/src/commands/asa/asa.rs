//! `gatelet asa`: Okta Advanced Server Access.

use clap::Subcommand;

use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

use crate::commands::asa::gateway::GatewayCommand;
use crate::commands::asa::gateway_setup_token::GatewaySetupTokenCommand;

/// What there is in a team.
#[derive(Debug, Subcommand)]
pub(crate) enum Asa {
    /// Gateways: the agents that relay connections to servers
    #[command(subcommand, visible_aliases = ["gateways", "gw"])]
    Gateway(GatewayCommand),
    /// Gateway setup tokens: what a new gateway enrols with
    #[command(subcommand, visible_aliases = ["gateway-setup-tokens", "setup-token", "setup-tokens", "gst"])]
    GatewaySetupToken(GatewaySetupTokenCommand),
}

impl Asa {
    /// What the command changes, if anything.
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
