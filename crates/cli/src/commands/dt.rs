//! `gatelet dt`: Dynatrace.

use clap::{Subcommand, ValueEnum};
use dt_client::Client;
use gatelet_models::dt::{
    ActiveGateTokenCreate, ActiveGateTokenId, ActiveGateType, operations as api,
};

use crate::client::factory::ClientFactory;
use crate::commands::report::report_deleted;
use crate::commands::secret_output;
use crate::error::error::CliError;
use crate::options::operation_help::operation_help;
use crate::options::paging::Paging;
use crate::output::list::write_pages;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::terminal::eprint_line;

const ONLY_TIME: &str = "It is printed with its secret, which is shown at no other time.";

/// What there is in an environment.
#[derive(Debug, Subcommand)]
pub(crate) enum Dt {
    /// ActiveGate tokens: what an ActiveGate connects with
    #[command(subcommand, visible_aliases = ["active-gate-tokens", "token", "tokens", "agt"])]
    ActiveGateToken(ActiveGateTokenCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ActiveGateTokenCommand {
    #[command(about = api::LIST_TOKENS.summary, after_help = operation_help(&api::LIST_TOKENS), visible_alias = "ls")]
    List {
        #[command(flatten)]
        paging: Paging,
    },
    #[command(about = api::CREATE_TOKEN.summary, after_help = format!("{ONLY_TIME}\n\n{}", operation_help(&api::CREATE_TOKEN)))]
    Create {
        /// Its name
        name: String,
        /// The kind of ActiveGate that it is for
        #[arg(long = "type", value_enum, value_name = "TYPE", default_value_t = Kind::Environment)]
        kind: Kind,
        /// When it expires: an instant (2027-01-31T00:00:00Z) or from now (now+60d); never if left out
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
        /// Make it a seed token
        #[arg(long)]
        seed: bool,
    },
    #[command(about = api::GET_TOKEN.summary, after_help = operation_help(&api::GET_TOKEN))]
    Get {
        /// The token's id, as `list` shows it: the part before its secret
        id: ActiveGateTokenId,
    },
    #[command(about = api::REVOKE_TOKEN.summary, after_help = operation_help(&api::REVOKE_TOKEN), visible_alias = "rm")]
    Delete {
        /// The token's id, as `list` shows it: the part before its secret
        id: ActiveGateTokenId,
    },
}

/// The kinds of ActiveGate.
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

impl Dt {
    /// What the command changes, if anything.
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        let Self::ActiveGateToken(command) = self;
        match command {
            ActiveGateTokenCommand::List { .. } | ActiveGateTokenCommand::Get { .. } => None,
            ActiveGateTokenCommand::Create { .. } => Some("create"),
            ActiveGateTokenCommand::Delete { .. } => Some("delete"),
        }
    }

    pub(crate) async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let client = clients.dt().await?;
        let Self::ActiveGateToken(command) = self;
        command.run(&client, output).await
    }
}

impl ActiveGateTokenCommand {
    async fn run(self, client: &Client, output: &mut Output<Stdout>) -> Result<(), CliError> {
        let tokens = client.active_gate_tokens();
        match self {
            Self::List { paging } => {
                let mut list = tokens.list();
                if let Some(page_size) = paging.page_size {
                    list = list.page_size(page_size);
                }
                if let Some(page_token) = paging.page_token {
                    list = list.page_token(page_token);
                }
                write_pages(list.pages(), paging.limit, output).await
            }
            Self::Create {
                name,
                kind,
                expires,
                seed,
            } => {
                secret_output::ensure_writable(output)?;
                let mut create = ActiveGateTokenCreate::new(name, kind).with_seed_token(seed);
                if let Some(expires) = expires {
                    create = create.with_expiration_date(expires);
                }
                let created = tokens.create(create).send().await?;
                let id = created.id.clone();
                for (member, text) in created.unreadable_members() {
                    eprint_line(&format!(
                        "warning: the token was created; its {member} cannot be read: {text:?}"
                    ));
                }
                secret_output::print_or_undo(created, id.as_str(), output, || {
                    tokens.delete(&id).send()
                })
                .await
            }
            Self::Get { id } => Ok(output.item(tokens.get(&id).send().await?)?),
            Self::Delete { id } => {
                let deleted = tokens.delete(&id).send().await?;
                report_deleted(format_args!("ActiveGate token {id}"), deleted);
                Ok(())
            }
        }
    }
}
