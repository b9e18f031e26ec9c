//! What the description cannot say about `gatelet asa gateway-setup-token`.

use std::cell::Cell;

use asa_client::Client;
use clap::Command;
use gatelet_models::asa::{
    AgentToken, GatewaySetupToken, GatewaySetupTokenCreate, GatewaySetupTokenId, operations,
};

use crate::commands::asa::created_value::{CreatedValue, VALUE};
use crate::commands::asa::served_projects;
use crate::commands::hand_over::new_file_options::{NewFileOptions, hand_over};
use crate::commands::report;
use crate::error::error::{CliError, cause};
use crate::options::built_command::BuiltCommand as _;
use crate::options::label::{self, Label};
use crate::options::label_filter::{self, LabelFilter};
use crate::options::paging::Paging;
use crate::output::list;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Gateway setup tokens, which new gateways enroll with")
        // Beside `get`, which takes the same id.
        .with_subcommand("reveal", |reveal| reveal.display_order(2))
        .with_subcommand("projects", |projects| {
            let help = served_projects::help(&operations::FETCH_GATEWAY_SETUP_TOKEN);
            projects.after_help(format!("{OWN_LABELS} {help}"))
        })
}

const NO_DESCRIPTION: &str = "warning: the setup token has no description, which makes Okta's own Terraform provider panic when it lists the team's setup tokens; to create one with --description TEXT instead, first delete it";

const OWN_LABELS: &str = "A gateway may have labels of its own beside those of its setup token, and then serve other projects.";

/// Lists the setup tokens of the team.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// List newest first
    #[arg(long, value_name = "BOOLEAN", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    descending: Option<bool>,
    #[command(flatten)]
    labels: LabelFilter,
    #[command(flatten)]
    paging: Paging,
}

impl List {
    /// Prints the tokens, page by page.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self {
            descending,
            labels,
            paging,
        } = self;
        let mut list = client.gateway_setup_tokens().list();
        if let Some(descending) = descending {
            list = list.query(|query| query.descending(descending));
        }
        let limit = paging.limit;
        let list = paging.apply_filtered(!labels.keeps_all(), list);
        let unknown = Cell::new(0);
        let keeps = |token: &GatewaySetupToken| {
            let details = token.details.as_ref();
            let shown = details.and_then(|details| details.labels.as_ref());
            label_filter::count_unknown(&unknown, shown);
            labels.keeps(shown)
        };
        let written = list::write_kept(list.pages(), limit, output, keeps).await;
        if let Some(line) = labels.unknown_line("setup tokens", unknown.get()) {
            output.log().print(line);
        }
        written
    }
}

/// Lists the projects that select the labels of a setup token.
#[derive(Debug, clap::Args)]
pub(crate) struct Projects {
    /// ID of the setup token, as shown by `list`
    id: GatewaySetupTokenId,
}

impl Projects {
    /// Prints the projects.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let tokens = client.gateway_setup_tokens();
        served_projects::print(|stop| tokens.projects_until(&self.id, stop), output).await
    }
}

/// Creates a setup token.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Description of the token; without one, Okta's own Terraform provider panics when it lists the team's setup tokens
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Label for the gateways that enroll with the token; can be repeated
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<Label>,
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
        label::ensure_one_value_each(&self.labels)?;
        let has_description = self.description.is_some();
        let tokens = client.gateway_setup_tokens();
        let list = output
            .target()
            .command_line("gatelet asa gateway-setup-token list", &[]);
        let destination = self.file.destination(&VALUE, &list, output)?;
        let created = tokens.create(self.into_body()).send().await;
        let created = created.map_err(|error| {
            report::unclear_create(
                error,
                "gatelet asa gateway-setup-token",
                &[],
                output.target(),
            )
        })?;

        let id = created.id.clone();
        let unreadable =
            report::unreadable_lines("gateway setup token", created.unreadable_members());
        if let Some(value) = &created.token {
            output.log().secrets().add(value);
        }
        match destination {
            Some(destination) => {
                let value = match created.token {
                    Some(value) => Ok(value),
                    None => tokens.reveal(&id).send().await,
                };
                let delete = "gatelet asa gateway-setup-token delete";
                let delete = output.target().command_line(delete, &[id.as_str()]);
                let value = value.map_err(|error| cause(&error));
                let undo = || tokens.delete(&id).send();
                let new = CreatedValue::new(&id, value, delete, undo);
                hand_over(destination, &new, output).await?;
            }
            None => report::print_changed(
                format_args!("gateway setup token {id} was created"),
                created,
                output,
            )?,
        }
        for line in unreadable {
            output.log().print(line);
        }
        if !has_description {
            let delete = "gatelet asa gateway-setup-token delete";
            let delete = output.target().command_line(delete, &[id.as_str()]);
            output.log().print(format!("{NO_DESCRIPTION}: {delete}"));
        }
        Ok(())
    }

    /// Returns the body of the request.
    fn into_body(self) -> GatewaySetupTokenCreate {
        let mut body = GatewaySetupTokenCreate::new();
        if let Some(description) = self.description {
            body = body.with_description(description);
        }
        if !self.labels.is_empty() {
            let labels = self.labels.into_iter();
            body = body.with_labels(labels.map(|label| (label.key, label.value)));
        }
        body
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
