//! What the description cannot say about `gatelet asa enrollment-token`.

use asa_client::Client;
use clap::Command;
use gatelet_models::asa::{
    AgentToken, EnrollmentTokenCreate, EnrollmentTokenId, ProjectName, operations,
};

use crate::commands::report;
use crate::error::error::CliError;
use crate::options::operation_help::operations_help;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Server enrollment tokens, which new servers enroll in a project of Advanced Server Access with")
        // Beside `get`, which takes the same id.
        .mut_subcommand("reveal", |reveal| {
            let help = operations_help(&[&operations::FETCH_SERVER_ENROLLMENT_TOKEN]);
            reveal.display_order(2).after_help(help)
        })
        .mut_subcommand("list", |list| {
            list.mut_arg("id", |id| id.value_name("PROJECT_NAME"))
        })
}

/// Creates an enrollment token.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Name of the project
    project_name: ProjectName,
    /// Description of the token
    #[arg(long, value_name = "TEXT")]
    description: String,
}

impl Create {
    /// Creates the token and prints it without its value.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let body = EnrollmentTokenCreate::new(self.description);
        let create = client.enrollment_tokens().create(&self.project_name, body);
        let created = create.send().await?;
        let id = created.id.clone();
        report::print_changed(
            format_args!("enrollment token {id} was created"),
            created,
            output,
        )
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
