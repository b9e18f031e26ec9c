//! What the description cannot say about `gatelet asa resource-group enrollment-token`.

use asa_client::Client;
use clap::Command;
use gatelet_models::asa::{
    AgentToken, EnrollmentTokenCreate, EnrollmentTokenId, ProjectId, ResourceGroupId, operations,
};

use crate::commands::asa::created_value::{CreatedValue, VALUE};
use crate::commands::asa::enrollment_token;
use crate::commands::hand_over::new_file_options::{NewFileOptions, hand_over};
use crate::commands::report;
use crate::error::error::{CliError, cause};
use crate::options::built_command::BuiltCommand as _;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Server enrollment tokens, which new servers enroll in a project of a resource group with")
        .with_subcommand("reveal", |reveal| {
            let read = &operations::GET_RESOURCE_GROUP_PROJECT_SERVER_ENROLLMENT_TOKEN;
            enrollment_token::with_reveal_texts(reveal, read)
        })
        .with_subcommand("list", |list| {
            list.with_argument("id", |id| id.value_name("PROJECT_ID"))
        })
}

/// Creates an enrollment token.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// ID of the resource group
    resource_group_id: ResourceGroupId,
    /// ID of the project
    project_id: ProjectId,
    /// Description of the token
    #[arg(long, value_name = "TEXT")]
    description: String,
    #[command(flatten)]
    file: NewFileOptions,
}

impl Create {
    /// Creates the token and prints it without its value, which goes to a file if there is one.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let tokens = client.resource_group_enrollment_tokens();
        let (group, project) = (&self.resource_group_id, &self.project_id);
        let list = "gatelet asa resource-group enrollment-token list";
        let parents = [group.as_str(), project.as_str()];
        let list = output.target().command_line(list, &parents);
        let destination = self.file.destination(&VALUE, &list, output)?;
        let body = EnrollmentTokenCreate::new(self.description);
        let create = tokens.create(group, project, body);
        let created = create.send().await.map_err(|error| {
            let noun = "gatelet asa resource-group enrollment-token";
            report::unclear_create(error, noun, &parents, output.target())
        })?;
        let Some(destination) = destination else {
            return enrollment_token::print_created(created, output);
        };
        let id = created.id;
        let value = match created.token {
            Some(value) => Ok(value),
            None => tokens.reveal(group, project, &id).send().await,
        };
        let delete = "gatelet asa resource-group enrollment-token delete";
        let arguments = [group.as_str(), project.as_str(), id.as_str()];
        let delete = output.target().command_line(delete, &arguments);
        let value = value.map_err(|error| cause(&error));
        let undo = || tokens.delete(group, project, &id).send();
        let new = CreatedValue::new(&id, value, delete, undo);
        hand_over(destination, &new, output).await
    }
}

/// Reveals the value of an enrollment token.
#[derive(Debug, clap::Args)]
pub(crate) struct Reveal {
    /// ID of the resource group
    resource_group_id: ResourceGroupId,
    /// ID of the project
    project_id: ProjectId,
    /// ID of the enrollment token, as shown by `list`
    id: EnrollmentTokenId,
}

impl Reveal {
    /// Prints the value alone.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let tokens = client.resource_group_enrollment_tokens();
        let value = tokens.reveal(&self.resource_group_id, &self.project_id, &self.id);
        let value = value.send().await?;
        Ok(output.item(AgentToken::new().with_token(value))?)
    }
}
