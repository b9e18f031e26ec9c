//! What the description cannot say about `gatelet asa gateway-setup-token`.

use std::collections::BTreeMap;

use asa_client::Client;
use clap::Command;
use gatelet_models::asa::{AgentToken, GatewaySetupTokenCreate, GatewaySetupTokenId};

use crate::commands::secret_output;
use crate::error::error::CliError;
use crate::options::label::Label;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Sets the texts and aliases of the commands.
pub(crate) fn texts(command: Command) -> Command {
    command
        .about("Gateway setup tokens, which new gateways enroll with")
        .visible_aliases(["setup-token", "setup-tokens", "gst"])
        .mut_subcommand("list", |list| {
            list.mut_arg("descending", |it| it.help("List newest first"))
        })
        // Beside `get`, which the id is for as well.
        .mut_subcommand("reveal", |reveal| reveal.display_order(2))
}

/// Creates a setup token.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Description of the token
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Label for the gateways that enroll with the token; can be repeated
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<Label>,
}

impl Create {
    /// Creates the token and prints it, or deletes it again.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let tokens = client.gateway_setup_tokens();
        secret_output::ensure_writable(output)?;
        let body = create(self.description, self.labels);
        let created = tokens.create(body).send().await?;
        let id = created.id.clone();
        secret_output::print_or_undo(created, id.as_str(), output, || tokens.delete(&id).send())
            .await
    }
}

/// Reveals the value of a setup token.
#[derive(Debug, clap::Args)]
pub(crate) struct Reveal {
    /// ID of the setup token, as shown by `list`
    id: GatewaySetupTokenId,
}

impl Reveal {
    /// Prints the value alone.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let value = client
            .gateway_setup_tokens()
            .reveal(&self.id)
            .send()
            .await?;
        Ok(output.item(AgentToken::new().with_token(value))?)
    }
}

fn create(description: Option<String>, labels: Vec<Label>) -> GatewaySetupTokenCreate {
    let mut create = GatewaySetupTokenCreate::new();
    if let Some(description) = description {
        create = create.with_description(description);
    }
    if !labels.is_empty() {
        create = create.with_labels(
            labels
                .into_iter()
                .map(|label| (label.key, label.value))
                .collect::<BTreeMap<_, _>>(),
        );
    }
    create
}
