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

const SHOWN_ONCE: &str = "Prints the token with its secret, which cannot be shown again.";

/// The commands of a Dynatrace environment.
#[derive(Debug, Subcommand)]
pub(crate) enum Dt {
    /// ActiveGate tokens, which ActiveGates connect with
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
    #[command(about = api::CREATE_TOKEN.summary, after_help = format!("{SHOWN_ONCE}\n\n{}", operation_help(&api::CREATE_TOKEN)))]
    Create {
        /// Name of the token
        name: String,
        /// Type of ActiveGate
        #[arg(long = "type", value_enum, value_name = "TYPE", default_value_t = Kind::Environment)]
        kind: Kind,
        /// Expiration: a time (2027-01-31T00:00:00Z) or an offset from now (now+60d) [default: never]
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
        /// Create a seed token
        #[arg(long)]
        seed: bool,
    },
    #[command(about = api::GET_TOKEN.summary, after_help = operation_help(&api::GET_TOKEN))]
    Get {
        /// ID of the token, as shown by `list`: the part before the secret
        id: ActiveGateTokenId,
    },
    #[command(about = api::REVOKE_TOKEN.summary, after_help = operation_help(&api::REVOKE_TOKEN), visible_alias = "rm")]
    Delete {
        /// ID of the token, as shown by `list`: the part before the secret
        id: ActiveGateTokenId,
    },
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

impl Dt {
    /// Returns what the command changes, as a verb; `None` if it only reads.
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
                let limit = paging.limit;
                write_pages(paging.apply(tokens.list()).pages(), limit, output).await
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
                        "warning: the token was created, but its {member} is unreadable: {text:?}"
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
