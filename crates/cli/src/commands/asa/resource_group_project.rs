//! What the description cannot say about `gatelet asa resource-group project`.

use asa_client::Client;
use clap::Command;
use gatelet_models::asa::{ProjectId, ResourceGroupId, operations};

use crate::commands::asa::project::{print_selection, selection_help};
use crate::error::error::CliError;
use crate::options::built_command::BuiltCommand as _;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Projects of resource groups, which say by labels which gateways they use")
        .with_subcommand("list", |list| {
            list.with_argument("id", |id| id.value_name("RESOURCE_GROUP_ID"))
        })
        .with_subcommand("gateways", |gateways| {
            gateways.after_help(selection_help(&operations::FETCH_RESOURCE_GROUP_PROJECT))
        })
}

/// Lists the gateways that a project uses.
#[derive(Debug, clap::Args)]
pub(crate) struct Gateways {
    /// ID of the resource group
    resource_group_id: ResourceGroupId,
    /// ID of the project, as shown by `list`
    id: ProjectId,
}

impl Gateways {
    /// Prints the gateways, and reports what else decides.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let projects = client.resource_group_projects();
        let selection = projects.gateways(&self.resource_group_id, &self.id).await?;
        print_selection(&self.id, selection, output)
    }
}
