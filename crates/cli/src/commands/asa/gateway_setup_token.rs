//! `gatelet asa gateway-setup-token`.

use std::collections::BTreeMap;

use asa_client::Client;
use clap::Subcommand;
use gatelet_models::asa::{
    AgentToken, GatewaySetupTokenCreate, GatewaySetupTokenId, operations as api,
};

use crate::commands::report::report_deleted;
use crate::commands::secret_output;
use crate::error::error::CliError;
use crate::options::label::Label;
use crate::options::operation_help::operation_help;
use crate::options::paging::Paging;
use crate::output::list::write_pages;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

#[derive(Debug, Subcommand)]
pub(crate) enum GatewaySetupTokenCommand {
    #[command(about = api::LIST_GATEWAY_SETUP_TOKENS.summary, after_help = operation_help(&api::LIST_GATEWAY_SETUP_TOKENS), visible_alias = "ls")]
    List {
        /// List newest first
        #[arg(long)]
        descending: bool,
        #[command(flatten)]
        paging: Paging,
    },
    #[command(about = api::CREATE_GATEWAY_SETUP_TOKEN.summary, after_help = operation_help(&api::CREATE_GATEWAY_SETUP_TOKEN))]
    Create {
        /// Description of the token
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// Label for the gateways that enroll with the token; can be repeated
        #[arg(long = "label", value_name = "KEY=VALUE")]
        labels: Vec<Label>,
    },
    #[command(about = api::FETCH_GATEWAY_SETUP_TOKEN.summary, after_help = operation_help(&api::FETCH_GATEWAY_SETUP_TOKEN))]
    Get {
        /// ID of the setup token, as shown by `list`
        id: GatewaySetupTokenId,
    },
    #[command(about = api::FETCH_GATEWAY_SETUP_TOKEN_AS_AGENT_TOKEN.summary, after_help = operation_help(&api::FETCH_GATEWAY_SETUP_TOKEN_AS_AGENT_TOKEN))]
    Reveal {
        /// ID of the setup token, as shown by `list`
        id: GatewaySetupTokenId,
    },
    #[command(about = api::DELETE_GATEWAY_SETUP_TOKEN.summary, after_help = operation_help(&api::DELETE_GATEWAY_SETUP_TOKEN), visible_alias = "rm")]
    Delete {
        /// ID of the setup token, as shown by `list`
        id: GatewaySetupTokenId,
    },
}

impl GatewaySetupTokenCommand {
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        match self {
            Self::List { .. } | Self::Get { .. } | Self::Reveal { .. } => None,
            Self::Create { .. } => Some("create"),
            Self::Delete { .. } => Some("delete"),
        }
    }

    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let tokens = client.gateway_setup_tokens();
        match self {
            Self::List { descending, paging } => {
                let mut list = tokens.list();
                if descending {
                    list = list.query(|query| query.descending(true));
                }
                let limit = paging.limit;
                write_pages(paging.apply(list).pages(), limit, output).await
            }
            Self::Create {
                description,
                labels,
            } => {
                secret_output::ensure_writable(output)?;
                let created = tokens.create(create(description, labels)).send().await?;
                let id = created.id.clone();
                secret_output::print_or_undo(created, id.as_str(), output, || {
                    tokens.delete(&id).send()
                })
                .await
            }
            Self::Get { id } => Ok(output.item(tokens.get(&id).send().await?)?),
            Self::Reveal { id } => {
                let value = tokens.reveal(&id).send().await?;
                Ok(output.item(AgentToken::new().with_token(value))?)
            }
            Self::Delete { id } => {
                let deleted = tokens.delete(&id).send().await?;
                report_deleted(format_args!("gateway setup token {id}"), deleted);
                Ok(())
            }
        }
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
