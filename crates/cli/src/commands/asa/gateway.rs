//! `gatelet asa gateway`.

use asa_client::Client;
use clap::{ArgAction, Subcommand};
use gatelet_models::Patch;
use gatelet_models::asa::{Gateway, GatewayId, GatewayUpdate, operations as api};

use crate::commands::report::report_deleted;
use crate::error::error::CliError;
use crate::options::label::Label;
use crate::options::operation_help::operation_help;
use crate::options::paging::Paging;
use crate::output::list::write_pages;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::terminal::eprint_line;

#[derive(Debug, Subcommand)]
pub(crate) enum GatewayCommand {
    #[command(about = api::LIST_GATEWAYS.summary, after_help = operation_help(&api::LIST_GATEWAYS), visible_alias = "ls")]
    List {
        /// Only gateways whose name contains this text
        #[arg(long, value_name = "TEXT")]
        contains: Option<String>,
        /// List newest first
        #[arg(long)]
        descending: bool,
        #[command(flatten)]
        paging: Paging,
    },
    #[command(about = api::GET_GATEWAY_INSTANCE.summary, after_help = operation_help(&api::GET_GATEWAY_INSTANCE))]
    Get {
        /// ID of the gateway, as shown by `list`
        id: GatewayId,
    },
    #[command(about = api::UPDATE_GATEWAY_INSTANCE.summary, after_help = operation_help(&api::UPDATE_GATEWAY_INSTANCE))]
    Update {
        /// ID of the gateway, as shown by `list`
        id: GatewayId,
        #[command(flatten)]
        changes: Changes,
    },
    #[command(about = api::DELETE_GATEWAY_INSTANCE.summary, after_help = operation_help(&api::DELETE_GATEWAY_INSTANCE), visible_alias = "rm")]
    Delete {
        /// ID of the gateway, as shown by `list`
        id: GatewayId,
    },
    #[command(about = api::GET_GATEWAY_STATUS_REPORT.summary, after_help = operation_help(&api::GET_GATEWAY_STATUS_REPORT))]
    Status {
        /// ID of the gateway, as shown by `list`
        id: GatewayId,
    },
}

/// The changes of a gateway.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Changes {
    /// New name
    #[arg(long)]
    name: Option<String>,
    /// New description
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Remove the description
    #[arg(long, conflicts_with = "description")]
    no_description: bool,
    /// Set a label; can be repeated
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<Label>,
    /// Remove all labels before those of --label are set
    #[arg(long)]
    clear_labels: bool,
    /// Whether the gateway refuses new connections
    #[arg(long, action = ArgAction::Set, value_name = "BOOL")]
    refuse_connections: Option<bool>,
}

impl Changes {
    /// Returns the complete update: the gateway's current state with the changes applied.
    fn apply_to(self, gateway: &Gateway) -> GatewayUpdate {
        let mut update = GatewayUpdate::from(gateway);
        if let Some(name) = self.name {
            update.name = name;
        }
        if let Some(description) = self.description {
            update.description = Patch::Set(description);
        } else if self.no_description {
            update.description = Patch::Clear;
        }
        if self.clear_labels || !self.labels.is_empty() {
            let mut labels = gateway
                .labels
                .clone()
                .filter(|_| !self.clear_labels)
                .unwrap_or_default();
            labels.extend(
                self.labels
                    .into_iter()
                    .map(|label| (label.key, label.value)),
            );
            update.labels = Patch::Set(labels);
        }
        if self.refuse_connections.is_some() {
            update.refuse_connections = self.refuse_connections;
        }
        update
    }
}

impl GatewayCommand {
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        match self {
            Self::List { .. } | Self::Get { .. } | Self::Status { .. } => None,
            Self::Update { .. } => Some("update"),
            Self::Delete { .. } => Some("delete"),
        }
    }

    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let gateways = client.gateways();
        match self {
            Self::List {
                contains,
                descending,
                paging,
            } => {
                let mut list = gateways.list();
                if let Some(contains) = contains {
                    list = list.query(|query| query.contains(contains));
                }
                if descending {
                    list = list.query(|query| query.descending(true));
                }
                let limit = paging.limit;
                write_pages(paging.apply(list).pages(), limit, output).await
            }
            Self::Get { id } => Ok(output.item(gateways.get(&id).send().await?)?),
            Self::Status { id } => Ok(output.item(gateways.status(&id).send().await?)?),
            Self::Update { id, changes } => {
                let gateway = gateways.get(&id).send().await?;
                gateways
                    .update(&id, changes.apply_to(&gateway))
                    .send()
                    .await?;
                eprint_line(&format!("updated gateway {id}"));
                Ok(())
            }
            Self::Delete { id } => {
                let deleted = gateways.delete(&id).send().await?;
                report_deleted(format_args!("gateway {id}"), deleted);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes() -> Changes {
        Changes {
            name: None,
            description: None,
            no_description: false,
            labels: Vec::new(),
            clear_labels: false,
            refuse_connections: None,
        }
    }

    fn labelled() -> Gateway {
        Gateway::new("g1", "eu", false).with_labels([("env".to_owned(), "dev".to_owned())])
    }

    #[test]
    fn unnamed_members_are_kept() {
        assert_eq!(
            changes().apply_to(&labelled()),
            GatewayUpdate::from(&labelled())
        );
    }

    #[test]
    fn labels_are_added_unless_cleared() {
        let added = Changes {
            labels: vec!["zone=a".parse().unwrap()],
            ..changes()
        }
        .apply_to(&labelled());
        let labels = added.labels.as_option().unwrap();
        assert_eq!(labels.keys().collect::<Vec<_>>(), ["env", "zone"]);

        let replaced = Changes {
            labels: vec!["zone=a".parse().unwrap()],
            clear_labels: true,
            ..changes()
        }
        .apply_to(&labelled());
        assert_eq!(
            replaced
                .labels
                .as_option()
                .unwrap()
                .keys()
                .collect::<Vec<_>>(),
            ["zone"]
        );

        let cleared = Changes {
            clear_labels: true,
            ..changes()
        }
        .apply_to(&labelled());
        assert!(cleared.labels.as_option().unwrap().is_empty());
    }

    #[test]
    fn a_description_can_be_removed() {
        let update = Changes {
            no_description: true,
            ..changes()
        }
        .apply_to(&labelled());
        assert_eq!(update.description, Patch::Clear);
    }
}
