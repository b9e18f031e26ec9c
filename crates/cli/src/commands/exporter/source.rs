//! A vendor that metrics are read from.

use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_transport::Clock as _;

use crate::client::factory::ClientFactory;
use crate::commands::exporter::reading::{Outcome, VendorReading};
use crate::commands::exporter::sample::Samples;
use crate::commands::exporter::{asa, dt};
use crate::error::error::CliError;
use crate::settings::key::Vendor;

/// A vendor that metrics are read from.
#[derive(Debug)]
pub(crate) struct Source {
    vendor: Vendor,
    /// The client, as long as its reads succeed: another one reads settings and credentials anew.
    client: Option<VendorClient>,
}

#[derive(Debug)]
enum VendorClient {
    Asa(asa_client::Client),
    Dt(dt_client::Client),
}

impl Source {
    pub(crate) fn new(vendor: Vendor) -> Self {
        Self {
            vendor,
            client: None,
        }
    }

    /// Reads the settings and the credential, if there is no client.
    ///
    /// # Errors
    /// A setting is missing or invalid, or the credential cannot be read.
    pub(crate) async fn connect(&mut self, clients: &ClientFactory) -> Result<(), CliError> {
        if self.client.is_none() {
            self.client = Some(match self.vendor {
                Vendor::Asa => VendorClient::Asa(clients.asa().await?),
                Vendor::Dt => VendorClient::Dt(clients.dt().await?),
            });
        }
        Ok(())
    }

    /// Forgets the client.
    pub(crate) fn disconnect(&mut self) {
        self.client = None;
    }

    /// Reads the vendor. What fails is logged, and has no values.
    pub(crate) async fn read(&mut self, clients: &ClientFactory) -> VendorReading {
        let clock = TokioClock::new();
        let (began, started) = (Timestamp::from(clock.now()), clock.monotonic());
        let mut samples = Samples::default();
        let results = match self.connect(clients).await {
            Ok(()) => self.read_parts(&mut samples).await,
            Err(error) => self.not_connected(&error, clients),
        };
        let mut failure = None;
        for (part, result) in self.parts().iter().zip(&results) {
            if let Err(error) = result {
                failure = failure.or(Some(error.exit()));
                self.log_failure(part, error, clients);
            }
        }
        let are_ok = results.iter().map(Result::is_ok);
        let outcome = Outcome {
            vendor: self.vendor.table(),
            parts: self.parts().into_iter().zip(are_ok).collect(),
            began,
            duration: clock.monotonic().saturating_sub(started),
        };
        outcome.add_to(&mut samples);
        // Other commands may open the state of the embedded emulator meanwhile.
        if failure.is_some() || clients.is_embedded() {
            self.disconnect();
        }
        VendorReading { samples, failure }
    }

    /// Returns the parts of a read.
    fn parts(&self) -> [&'static str; 2] {
        match self.vendor {
            Vendor::Asa => asa::READS,
            Vendor::Dt => dt::READS,
        }
    }

    async fn read_parts(&self, samples: &mut Samples) -> Vec<Result<(), CliError>> {
        match &self.client {
            Some(VendorClient::Asa(client)) => asa::read(client, samples).await,
            Some(VendorClient::Dt(client)) => dt::read(client, samples).await,
            None => Vec::new(),
        }
    }

    /// Logs why there is no client, and returns the failures of all parts.
    fn not_connected(
        &self,
        error: &CliError,
        clients: &ClientFactory,
    ) -> Vec<Result<(), CliError>> {
        self.log_failure("client", error, clients);
        let failures = self.parts().map(|_| Err(CliError::silent(error.exit())));
        failures.into()
    }

    fn log_failure(&self, part: &str, error: &CliError, clients: &ClientFactory) {
        let (vendor, line) = (self.vendor.table(), error.line());
        if !line.is_empty() {
            let log = clients.log();
            log.print(format!("warning: {vendor} {part}: {line}"));
        }
    }
}
