//! What the description cannot say about `gatelet asa enrollment-token`.

use asa_client::Client;
use clap::Command;
use gatelet_models::Operation;
use gatelet_models::asa::{
    AgentToken, EnrollmentToken, EnrollmentTokenCreate, EnrollmentTokenId, ProjectName, operations,
};

use crate::commands::asa::created_value::{CreatedValue, VALUE};
use crate::commands::hand_over::new_file_options::{NewFileOptions, hand_over};
use crate::commands::report;
use crate::error::error::{CliError, cause};
use crate::options::built_command::BuiltCommand as _;
use crate::options::operation_help::operations_help;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Server enrollment tokens, which new servers enroll in a project of Advanced Server Access with")
        .with_subcommand("reveal", |reveal| {
            with_reveal_texts(reveal, &operations::FETCH_SERVER_ENROLLMENT_TOKEN)
        })
        .with_subcommand("list", |list| {
            list.with_argument("id", |id| id.value_name("PROJECT_NAME"))
        })
}

/// Describes the call of `reveal`, and shows it beside `get`, which takes the same id.
pub(crate) fn with_reveal_texts(reveal: Command, read: &Operation) -> Command {
    reveal.display_order(2).after_help(operations_help(&[read]))
}

/// Prints a token that was created, without its value.
pub(crate) fn print_created(
    created: EnrollmentToken,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    let id = created.id.clone();
    let unreadable = report::unreadable_lines("enrollment token", created.unreadable_members());
    if let Some(value) = &created.token {
        output.log().secrets().add(value);
    }
    let line = format_args!("enrollment token {id} was created");
    report::print_changed(line, created, output)?;
    for line in unreadable {
        output.log().print(line);
    }
    Ok(())
}

/// Creates an enrollment token.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Name of the project
    project_name: ProjectName,
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
        let project = &self.project_name;
        let list = "gatelet asa enrollment-token list";
        let list = output.target().command_line(list, &[project.as_str()]);
        let destination = self.file.destination(&VALUE, &list, output)?;
        let tokens = client.enrollment_tokens();
        let body = EnrollmentTokenCreate::new(self.description);
        let create = tokens.create(project, body);
        let created = create.send().await.map_err(|error| {
            let parents = [project.as_str()];
            report::unclear_create(
                error,
                "gatelet asa enrollment-token",
                &parents,
                output.target(),
            )
        })?;
        let Some(destination) = destination else {
            return print_created(created, output);
        };
        let id = created.id;
        let value = match created.token {
            Some(value) => Ok(value),
            None => tokens.reveal(project, &id).send().await,
        };
        let delete = "gatelet asa enrollment-token delete";
        let arguments = [project.as_str(), id.as_str()];
        let delete = output.target().command_line(delete, &arguments);
        let value = value.map_err(|error| cause(&error));
        let undo = || tokens.delete(project, &id).send();
        let new = CreatedValue::new(&id, value, delete, undo);
        hand_over(destination, &new, output).await
    }
}

/// Reveals the value of an enrollment token.
#[derive(Debug, clap::Args)]
pub(crate) struct Reveal {
    /// Name of the project
    project_name: ProjectName,
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
        let tokens = client.enrollment_tokens();
        let value = tokens.reveal(&self.project_name, &self.id).send().await?;
        Ok(output.item(AgentToken::new().with_token(value))?)
    }
}
