//! What the description cannot say about `gatelet dt active-gate-token`.

use clap::{Command, ValueEnum};
use dt_client::{Client, Error};
use gatelet_models::dt::operations::GET_ALL_ACTIVE_GATES;
use gatelet_models::dt::{ActiveGateTokenCreate, ActiveGateTokenId, ActiveGateType};

use crate::commands::confirmation::{can_ask, confirm};
use crate::commands::dt::token_users;
use crate::commands::report;
use crate::commands::secret_output::{self, SecretOwner};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::terminal::{command_line, eprint_line};

/// The help of an id. The secret begins with it.
const ID: &str = "ID of the token, as shown by `list`: the part before the secret";

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("ActiveGate tokens, which ActiveGates connect with")
        .visible_aliases(["token", "tokens", "agt"])
        .mut_subcommand("get", |get| get.mut_arg("id", |id| id.help(ID)))
        .mut_subcommand("delete", |delete| delete.mut_arg("id", |id| id.help(ID)))
        .mut_subcommand("users", |users| {
            users
                .mut_arg("id", |id| id.help(ID))
                .after_help(token_users::HELP)
        })
}

/// Creates an ActiveGate token.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Name of the token
    name: String,
    /// Type of ActiveGate; the API of the platform has tokens of type `environment` only
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value_t = Kind::Environment)]
    kind: Kind,
    /// Expiration: a time (2027-01-31T00:00:00Z) or an offset from now (now+60d) [default: never]
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// Create a seed token
    #[arg(long)]
    seed: bool,
}

/// The types of ActiveGate.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// Connects one environment
    Environment,
    /// Connects all environments of a cluster
    Cluster,
}

impl From<Kind> for ActiveGateType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Environment => Self::Environment,
            Kind::Cluster => Self::Cluster,
        }
    }
}

impl Create {
    /// Creates the token and prints it with its secret, or deletes it again.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self {
            name,
            kind,
            expires,
            seed,
        } = self;
        let tokens = client.active_gate_tokens();
        secret_output::ensure_writable(output)?;
        let mut create = ActiveGateTokenCreate::new(name, kind).with_seed_token(seed);
        if let Some(expires) = expires {
            create = create.with_expiration_date(expires);
        }
        let created = tokens.create(create).send().await?;
        let id = created.id.clone();
        let unreadable = created.unreadable_members();
        let warnings: Vec<_> = unreadable
            .map(|(member, text)| {
                format!("warning: the token was created, but its {member} is unreadable: {text:?}")
            })
            .collect();
        let secret = created.token.clone();
        let undo = || tokens.delete(&id).with_secret(secret.expose()).send();
        let owner = SecretOwner {
            name: &format!("ActiveGate token {id}"),
            delete_command: &command_line("gatelet dt active-gate-token delete", &[id.as_str()]),
            consequence: None,
        };
        secret_output::print_or_undo(created, &owner, output, undo).await?;
        // Not before, because a stderr that nobody reads would hold up the secret.
        for warning in warnings {
            eprint_line(&warning);
        }
        Ok(())
    }
}

/// Shows which ActiveGates show a token.
#[derive(Debug, clap::Args)]
pub(crate) struct Users {
    id: ActiveGateTokenId,
}

impl Users {
    /// Prints one row for each ActiveGate, and the last use to stderr; or one JSON document with both.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let users = client.active_gate_tokens().users(&self.id).await;
        let users = users.map_err(|error| match is_missing_list(&error) {
            // The exit code of a 404 would mean that the token does not exist.
            true => CliError::from(error).with_exit(Exit::Rejected),
            false => error.into(),
        })?;
        let rows = token_users::rows(&users, &self.id);
        output.document(&token_users::Document(&users), rows)?;
        eprint_line(&token_users::limits(&users, &self.id));
        Ok(())
    }
}

/// Deletes an ActiveGate token.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    id: ActiveGateTokenId,
    /// Delete without asking, also on a terminal
    #[arg(short, long)]
    yes: bool,
}

impl Delete {
    /// Deletes the token; on a terminal, after it has shown who uses it and has asked.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self { id, yes } = self;
        let tokens = client.active_gate_tokens();
        if !yes && can_ask() {
            show_users(client, &id).await?;
            confirm(&format!("Delete ActiveGate token {id}?")).await?;
        }
        let deleted = tokens.delete(&id).send().await?;
        report::print_deleted(format_args!("ActiveGate token {id}"), &id, deleted, output)
    }
}

/// Shows which ActiveGates use a token, on stderr. If that cannot be read, it says so, since a token that may delete tokens need not have
/// the scope for it.
async fn show_users(client: &Client, id: &ActiveGateTokenId) -> Result<(), CliError> {
    match client.active_gate_tokens().users(id).await {
        Ok(users) => {
            for user in token_users::rows(&users, id) {
                eprint_line(&format!("used by {}", user.describe()));
            }
            eprint_line(&token_users::limits(&users, id));
        }
        Err(error) if error.is_not_found() && !is_missing_list(&error) => {
            return Err(error.into());
        }
        Err(error) => eprint_line(&format!(
            "could not find out which ActiveGates use it: {error}"
        )),
    }
    Ok(())
}

/// Returns whether the server has no list of ActiveGates, as after the removal of the deprecated operation.
fn is_missing_list(error: &Error) -> bool {
    error.is_not_found() && error.operation() == Some(GET_ALL_ACTIVE_GATES.name)
}
