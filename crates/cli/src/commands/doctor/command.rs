//! Runs the checks of the vendors that are set up.

use crate::client::factory::ClientFactory;
use crate::commands::doctor::check::Checks;
use crate::commands::doctor::network;
use crate::commands::doctor::{asa, dt};
use crate::error::error::CliError;
use crate::options::token_api::TokenApiName;
use crate::options::vendor::VendorName;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::settings::key::Vendor;

/// Runs the checks.
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// What to check; by default, what is set up
    #[arg(value_enum)]
    vendor: Option<VendorName>,
    /// API of the ActiveGate tokens, of dt [default: chosen by URL and credential]
    #[arg(long, value_enum, value_name = "API")]
    api: Option<TokenApiName>,
}

impl Doctor {
    /// Returns the vendors that may be checked.
    pub(crate) fn vendors(&self) -> Vec<Vendor> {
        match self.vendor {
            Some(name) => vec![name.into()],
            None => vec![Vendor::Asa, Vendor::Dt],
        }
    }

    /// Runs the checks and prints their results.
    ///
    /// # Errors
    /// A check failed: its exit code.
    pub(crate) async fn run(
        self,
        clients: ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        if self.vendor == Some(VendorName::Asa) && self.api.is_some() {
            return Err(CliError::usage("--api is for dt; leave it out"));
        }
        let clients = &clients.with_token_api(self.api, true)?;
        let vendors = clients.chosen_vendors(self.vendor)?;
        let (mut list, mut failure) = (Vec::new(), None);
        for vendor in vendors {
            let (checks, failed) = check(vendor, clients).await.into_parts();
            list.extend(checks);
            failure = failure.or(failed);
        }
        write_items(list, output)?;
        match failure {
            None => Ok(()),
            Some(exit) => Err(CliError::new(exit, "a check failed")),
        }
    }
}

async fn check(vendor: Vendor, clients: &ClientFactory) -> Checks {
    let mut checks = Checks::new(vendor);
    if !network::check(vendor, clients, &mut checks).await {
        return checks;
    }
    match vendor {
        Vendor::Asa => asa::check(clients, &mut checks).await,
        Vendor::Dt => dt::check(clients, &mut checks).await,
    }
    checks
}
