//! What the description cannot say about `gatelet asa gateway`.

use std::cell::Cell;

use asa_client::{Client, WatchedGateway};
use clap::{ArgAction, Command};
use gatelet_hyper::TokioClock;
use gatelet_models::Patch;
use gatelet_models::asa::{Gateway, GatewayId, GatewayUpdate, operations};

use crate::commands::asa::gateway_status::STATUSES_AT_ONCE;
use crate::commands::asa::{gateway_labels, gateway_status, served_projects};
use crate::commands::report;
use crate::commands::watch::{Interval, Watched};
use crate::error::error::CliError;
use crate::options::built_command::BuiltCommand as _;
use crate::options::label::{self, Label};
use crate::options::label_filter::{self, LabelFilter};
use crate::options::paging::Paging;
use crate::output::list;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

const WATCH: &str = "\
Reads the list at each interval, and prints gateways that were added, removed or changed since the last reading that succeeded. When a gateway
was last seen is not compared. A reading that fails is warned of on stderr, and the next one is made as usual. With `-o json`, each change is
an object on a line. It ends by Ctrl-C, with the exit code 130.";

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Gateways: the agents that relay connections to servers")
        .with_subcommand("labels", |labels| labels.after_help(gateway_labels::HELP))
        .with_subcommand("watch", |watch| watch.after_help(WATCH))
        .with_subcommand("projects", |projects| {
            projects.after_help(served_projects::help(&operations::GET_GATEWAY_INSTANCE))
        })
}

/// Lists the gateways of the team.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// List only gateways whose name contains this text
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,
    /// List newest first
    #[arg(long, value_name = "BOOLEAN", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    descending: Option<bool>,
    /// Add the status of each gateway, which is one more request for each; a status that cannot be read is named in its row
    #[arg(long)]
    status: bool,
    #[command(flatten)]
    labels: LabelFilter,
    #[command(flatten)]
    paging: Paging,
}

impl List {
    /// Prints the gateways, page by page.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self {
            contains,
            descending,
            status,
            labels,
            paging,
        } = self;
        let gateways = client.gateways();
        let mut list = gateways.list();
        if let Some(contains) = contains {
            list = list.query(|query| query.contains(contains));
        }
        if let Some(descending) = descending {
            list = list.query(|query| query.descending(descending));
        }
        let limit = paging.limit;
        let pages = paging.apply_filtered(!labels.keeps_all(), list).pages();
        let unknown = Cell::new(0);
        let keeps = |gateway: &Gateway| {
            label_filter::count_unknown(&unknown, gateway.labels.as_ref());
            labels.keeps(gateway.labels.as_ref())
        };
        let written = match status {
            false => list::write_kept(pages, limit, output, keeps).await,
            true => gateway_status::write(&gateways, pages, limit, output, keeps).await,
        };
        if let Some(line) = labels.unknown_line("gateways", unknown.get()) {
            output.log().print(line);
        }
        written
    }
}

/// Lists the labels of the team.
#[derive(Debug, clap::Args)]
pub(crate) struct Labels {
    /// List only labels that no gateway has
    #[arg(long)]
    unmet: bool,
}

impl Labels {
    /// Prints one row for each label.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let labels = client.gateways().labels().await?;
        gateway_labels::print(labels, self.unmet, output)
    }
}

/// Watches the gateways of the team.
#[derive(Debug, clap::Args)]
pub(crate) struct Watch {
    /// Watch the status of each gateway, too, which is one more request for each
    #[arg(long)]
    status: bool,
    #[command(flatten)]
    interval: Interval,
}

impl Watch {
    /// Prints a row for each change until it is stopped.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let gateways = client.gateways();
        let at_once = if self.status { STATUSES_AT_ONCE } else { 0 };
        let watched = Watched {
            things: "gateways",
            id: |it: &WatchedGateway| Some(it.gateway.id.to_string()),
            name: |it| Some(it.gateway.name.clone()),
            complete: WatchedGateway::with_known_statuses,
            changes: WatchedGateway::changes,
        };
        let read = async || gateways.watched(at_once).await;
        let clock = TokioClock::new();
        watched.watch(self.interval, &clock, output, read).await
    }
}

/// Lists the projects that a gateway serves.
#[derive(Debug, clap::Args)]
pub(crate) struct Projects {
    /// ID of the gateway, as shown by `list`
    id: GatewayId,
}

impl Projects {
    /// Prints the projects.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let gateways = client.gateways();
        served_projects::print(|stop| gateways.projects_until(&self.id, stop), output).await
    }
}

/// Updates a gateway.
#[derive(Debug, clap::Args)]
pub(crate) struct Update {
    /// ID of the gateway, as shown by `list`
    id: GatewayId,
    #[command(flatten)]
    changes: Changes,
}

impl Update {
    /// Reads the gateway and writes it back with the changes.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self { id, changes } = self;
        label::ensure_one_value_each(&changes.labels)?;
        let gateways = client.gateways();
        let gateway = gateways.get(&id).send().await?;
        let update = changes.apply_to(&gateway);
        gateways.update(&id, update).send().await?;
        report::print_done(format_args!("updated gateway {id}"), &id, "updated", output)
    }
}

/// The changes to a gateway.
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
    #[arg(long, action = ArgAction::Set, value_name = "BOOLEAN")]
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

    fn labeled() -> Gateway {
        Gateway::new("g1", "eu", false).with_labels([("env".to_owned(), "dev".to_owned())])
    }

    #[test]
    fn unnamed_members_are_kept() {
        assert_eq!(
            changes().apply_to(&labeled()),
            GatewayUpdate::from(&labeled())
        );
    }

    #[test]
    fn labels_are_added_unless_cleared() {
        let added = Changes {
            labels: vec!["zone=a".parse().unwrap()],
            ..changes()
        }
        .apply_to(&labeled());
        let labels = added.labels.as_option().unwrap();
        assert_eq!(labels.keys().collect::<Vec<_>>(), ["env", "zone"]);

        let replaced = Changes {
            labels: vec!["zone=a".parse().unwrap()],
            clear_labels: true,
            ..changes()
        }
        .apply_to(&labeled());
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
        .apply_to(&labeled());
        assert!(cleared.labels.as_option().unwrap().is_empty());
    }

    #[test]
    fn a_description_can_be_removed() {
        let update = Changes {
            no_description: true,
            ..changes()
        }
        .apply_to(&labeled());
        assert_eq!(update.description, Patch::Clear);
    }
}
