//! What the description cannot say about `gatelet asa service-user`.

use std::io::Write as _;
use std::time::Duration;

use asa_client::{Client, KeyEnd};
use clap::Command;
use gatelet_hyper::TokioClock;
use gatelet_models::asa::{
    self as models, ServiceUserCreate, ServiceUserUpdate, UserStatus, operations,
};
use gatelet_transport::{Clock as _, Error};

use crate::commands::asa::key_end::{end_warning, unknown_end};
use crate::commands::asa::service_user_key;
use crate::commands::confirmation::Confirmation;
use crate::commands::report;
use crate::error::error::{CliError, cause};
use crate::error::exit::Exit;
use crate::options::built_command::BuiltCommand as _;
use crate::options::operation_help::own_key_help;
use crate::output::columns::text;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;

/// How long the end of the key in use is waited for, after what was asked for is printed.
const END_LIMIT: Duration = Duration::from_secs(10);

/// The help of a name.
const NAME: &str = "Name of the service user, as shown by `list`";

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Service users: the users that programs log in as")
        .with_subcommand("list", |list| {
            list.with_argument("descending", |it| it.help("List newest first"))
        })
        .with_subcommand("get", |get| {
            get.with_argument("id", |id| id.value_name("NAME").help(NAME))
        })
        .with_subcommand("current-user", |current| {
            current
                .visible_alias("whoami")
                .after_help(own_key_help(&operations::GET_CURRENT_USER))
        })
        .with_subcommand("key", service_user_key::with_texts)
}

/// Creates a service user.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Name of the service user; it cannot be changed, nor reused after the service user is deleted
    name: String,
}

impl Create {
    /// Creates the service user and prints it.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self { name } = self;
        let create = ServiceUserCreate::new(name.clone());
        let created = client.service_users().create(create).send().await?;
        report::print_changed(
            format_args!("service user {name} was created"),
            created,
            output,
        )
    }
}

/// Reads who makes the call.
#[derive(Debug, clap::Args)]
pub(crate) struct CurrentUser {}

impl CurrentUser {
    /// Prints what the service says, or the name in the bearer where the service does not, and warns if the key in use ends.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let current = client.current_user().await?;
        let name = current.name.clone();
        output.item(current)?;
        output.sink().flush()?;
        let clock = TokioClock::new();
        let end = tokio::select! {
            end = client.key_end_of(name) => end_line(end),
            () = clock.sleep(END_LIMIT) => Some(unknown_end("timed out")),
        };
        if let Some(line) = end {
            output.log().print(line);
        }
        Ok(())
    }
}

/// Returns the line on the end of the key in use; `None` if there is nothing to say.
fn end_line(end: Result<KeyEnd, Error>) -> Option<String> {
    match end {
        Ok(KeyEnd::At(end)) => Some(end_warning(end)),
        Ok(KeyEnd::Unreadable) => Some(unknown_end("what the service lists is not a date")),
        Ok(KeyEnd::NotListed) => Some(unknown_end("the service does not list that key")),
        Ok(_) => None,
        // A caller without the right to list keys still learns who it is.
        Err(error) => match Exit::from(&error) {
            Exit::Forbidden => None,
            _ => Some(unknown_end(&cause(&error))),
        },
    }
}

/// Updates a service user.
#[derive(Debug, clap::Args)]
pub(crate) struct Update {
    #[arg(value_name = "NAME", help = NAME)]
    id: String,
    /// New status: ACTIVE, DISABLED, or DELETED for good
    #[arg(long, value_parser = known_status)]
    status: UserStatus,
    #[command(flatten)]
    confirmation: Confirmation,
}

/// Parses a status that the service knows.
fn known_status(text: &str) -> Result<UserStatus, &'static str> {
    match UserStatus::from(text) {
        UserStatus::Unknown(_) => Err("must be ACTIVE, DISABLED or DELETED"),
        status => Ok(status),
    }
}

impl Update {
    /// Reads the service user, writes it back with the new status, and prints it; it asks before it deletes.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self {
            id: name,
            status,
            confirmation,
        } = self;
        if status == UserStatus::Deleted {
            confirmation
                .ask(format_args!("Delete service user {name} for good?"), output)
                .await?;
        }
        let users = client.service_users();
        let user = users.get(&name).send().await?;
        let update = ServiceUserUpdate::from(&user).with_status(status);
        let updated = users.update(&name, update).send().await?;
        report::print_changed(
            format_args!("service user {name} was updated"),
            updated,
            output,
        )
    }
}

impl Record for models::CurrentUser {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("NAME", |user| Some(user.name.clone())),
        Column::text("ID", |user| text(user.id.as_ref())),
        Column::text("TEAM", |user| user.team_name.clone()),
    ];
}
