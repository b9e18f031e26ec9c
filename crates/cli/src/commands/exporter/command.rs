//! Serves metrics, or writes them once.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use gatelet_hyper::TokioClock;
use gatelet_transport::Clock as _;

use crate::client::factory::ClientFactory;
use crate::commands::exporter::reading::Reading;
use crate::commands::exporter::route::METRICS;
use crate::commands::exporter::server::Server;
use crate::commands::exporter::shared_reading::shared_reading;
use crate::commands::exporter::source::Source;
use crate::commands::exporter::text_file;
use crate::commands::exporter::text_format::TextFormat;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::options::time_span;
use crate::options::vendor::VendorName;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::signal;

/// Exports metrics.
#[derive(Debug, clap::Args)]
pub(crate) struct Exporter {
    /// What to read; by default, what is set up
    #[arg(value_enum)]
    vendor: Option<VendorName>,
    /// Address to serve the metrics on; port 0 picks a free port
    #[arg(
        long,
        default_value = "127.0.0.1:9469",
        value_name = "ADDRESS",
        conflicts_with = "file"
    )]
    listen: SocketAddr,
    /// Allow an address that other machines can reach, without TLS and a login
    #[arg(long, conflicts_with = "file")]
    beyond_loopback: bool,
    /// How long scrapes get the same values before the APIs are read again, such as 5m
    #[arg(long, default_value = "60s", value_name = "SPAN", value_parser = time_span::parse, conflicts_with = "file")]
    interval: Duration,
    /// Write the metrics once to this file, which everyone may read, as for the textfile collector of the node exporter; `-` is stdout
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Exporter {
    /// Returns whether the metrics are written once.
    pub(crate) fn writes_file(&self) -> bool {
        self.file.is_some()
    }

    /// Reads once, and writes the metrics to the file, those of failures too.
    ///
    /// # Errors
    /// A read failed: its exit code; or the file cannot be written.
    pub(crate) async fn write_file(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let reading = read(&mut self.sources(clients)?, clients).await;
        let text = TextFormat::Prometheus.render(&reading.samples);
        let path = self.file.unwrap_or_default();
        if path.as_os_str() == "-" {
            let stdout = output.sink();
            stdout.write_all(text.as_bytes())?;
            stdout.flush()?;
        } else {
            text_file::replace(&path, &text).map_err(|error| {
                let path = path.display();
                CliError::new(
                    Exit::Other,
                    format_args!("could not write --file {path}: {error}"),
                )
            })?;
        }
        match reading.failure {
            None => Ok(()),
            Some(exit) => Err(CliError::new(
                exit,
                "a read failed, and the metrics say so with gatelet_up",
            )),
        }
    }

    /// Prints the URL and serves until SIGTERM, SIGHUP or Ctrl-C; then calls `on_stop`.
    ///
    /// # Errors
    /// No vendor is set up, a setting or a credential cannot be read, or it cannot listen on the address.
    pub(crate) async fn serve(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
        on_stop: impl FnOnce(),
    ) -> Result<(), CliError> {
        self.check_reach()?;
        let mut sources = self.sources(clients)?;
        let serve_error = |error: io::Error| {
            let address = self.listen;
            CliError::new(
                Exit::Other,
                format_args!("could not serve metrics on --listen {address}: {error}"),
            )
        };
        // Catch signals before anyone knows the URL, so that none is missed.
        let stop = signal::caught().map_err(serve_error)?;
        // What is wrong with a setting is said at once, and not at the first scrape.
        for source in &mut sources {
            source.connect(clients).await?;
            if clients.is_embedded() {
                source.disconnect();
            }
        }
        let mut server = Server::bind(self.listen).await.map_err(serve_error)?;
        let address = server.address();
        if !address.ip().is_loopback() {
            clients.log().print("warning: other machines can read the metrics, with the names of tokens, hosts and gateways");
        }
        // A closed stdout is fine: the caller may have chosen the address and so know the URL.
        let stdout = output.sink().allow_closed();
        writeln!(stdout, "http://{address}{METRICS}")?;
        stdout.flush()?;
        let (scrapes, shared) = shared_reading(self.interval);
        let clock = TokioClock::new();
        let reading = shared.answer(
            || clock.monotonic(),
            async || read(&mut sources, clients).await,
        );
        tokio::select! {
            biased;
            _ = stop => {}
            () = reading => {}
            () = server.serve(scrapes) => {}
        }
        on_stop();
        server.finish().await;
        Ok(())
    }

    /// Refuses an address that other machines can reach, unless it was asked for.
    fn check_reach(&self) -> Result<(), CliError> {
        let ip = self.listen.ip();
        match ip.is_loopback() || self.beyond_loopback {
            true => Ok(()),
            false => Err(CliError::usage(format_args!(
                "other machines could reach {ip}; add --beyond-loopback to allow that"
            ))),
        }
    }

    fn sources(&self, clients: &ClientFactory) -> Result<Vec<Source>, CliError> {
        let vendors = clients.chosen_vendors(self.vendor)?;
        Ok(vendors.into_iter().map(Source::new).collect())
    }
}

/// Reads the vendors, at once unless they share the state of the embedded emulator.
async fn read(sources: &mut [Source], clients: &ClientFactory) -> Reading {
    let mut vendors = Vec::new();
    match sources {
        [first, second] if !clients.is_embedded() => {
            vendors.extend(<[_; 2]>::from(tokio::join!(
                first.read(clients),
                second.read(clients)
            )));
        }
        _ => {
            for source in sources {
                vendors.push(source.read(clients).await);
            }
        }
    }
    Reading::of(vendors, &clients.log().secrets().redactor())
}
