//! The commands on Okta: those on its operations, and those above them.

use clap::Subcommand;

use crate::client::factory::ClientFactory;
use crate::commands::asa::migrate::Migrate;
use crate::error::error::CliError;
use crate::generated::asa::Asa;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::settings::key::Vendor;

/// The commands on Okta.
#[allow(clippy::large_enum_variant, reason = "a process parses one command")]
#[derive(Debug, Subcommand)]
pub(crate) enum AsaCommand {
    #[command(flatten)]
    Operation(Asa),
    /// Migrate gateway setup tokens from a team of Advanced Server Access to one of Okta Privileged Access
    #[command(subcommand)]
    Migrate(Migrate),
}

impl AsaCommand {
    /// Returns what the command changes, as a verb; `None` if it only reads.
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        match self {
            Self::Operation(operation) => operation.mutation_verb(),
            Self::Migrate(migrate) => migrate.mutation_verb(),
        }
    }

    /// Checks that what the command line chooses may be changed; a migration checks the profile that its plan names.
    ///
    /// # Errors
    /// Those of [`ClientFactory::ensure_writable`].
    pub(crate) fn ensure_writable(
        &self,
        clients: &ClientFactory,
        verb: &str,
    ) -> Result<(), CliError> {
        match self {
            Self::Operation(_) => clients.ensure_writable(Vendor::Asa, verb),
            Self::Migrate(_) => Ok(()),
        }
    }

    /// Runs the command and prints its result.
    ///
    /// # Errors
    /// Those of the command.
    pub(crate) async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        match self {
            Self::Operation(operation) => operation.run(clients, output).await,
            Self::Migrate(migrate) => migrate.run(clients, output).await,
        }
    }
}
