//! `gatelet asa`: Okta Advanced Server Access.

mod gateway;
mod gateway_setup_token;

use clap::Subcommand;

use crate::connect::Connect;
use crate::failure::Failure;
use crate::output::Output;
use crate::stdout::Stdout;

use gateway::GatewayCommand;
use gateway_setup_token::GatewaySetupTokenCommand;

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
    pub(crate) fn change(&self) -> Option<&'static str> {
        match self {
            Self::Gateway(command) => command.change(),
            Self::GatewaySetupToken(command) => command.change(),
        }
    }

    pub(crate) async fn run(
        self,
        connect: &Connect,
        output: &mut Output<Stdout>,
    ) -> Result<(), Failure> {
        let client = connect.asa().await?;
        match self {
            Self::Gateway(command) => command.run(&client, output).await,
            Self::GatewaySetupToken(command) => command.run(&client, output).await,
        }
    }
}
