//! `gatelet emulator`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;
use gatelet_emulator::{Emulator, Serve, well_known};
use gatelet_models::Secret;
use gatelet_models::asa::{GatewaySetupTokenId, GatewayUpdate};

use crate::client::embedded;
use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::secret;
use crate::signal;
use crate::terminal::eprint_line;

#[derive(Debug, Subcommand)]
pub(crate) enum EmulatorCommand {
    /// Serve the emulator over HTTP until SIGTERM or Ctrl-C
    ///
    /// The first line on stdout is its URL; how to set the environment for it is said on stderr. With --verbose, so is
    /// each request.
    Serve {
        /// Where to listen; port 0 takes any free one
        #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
        address: SocketAddr,
        /// Allow an address that other machines can reach
        #[arg(long)]
        beyond_loopback: bool,
        /// The file that keeps the state; in memory if left out
        #[arg(long, value_name = "FILE")]
        data: Option<PathBuf>,
        /// Let who has the token in GATELET_EMULATOR_FAULTS break the requests that come next
        #[arg(long)]
        faults: bool,
    },
    /// Enrol a gateway in the embedded emulator, as its agent would with a setup token
    Enrol {
        /// The gateway's name
        name: String,
        /// The id of the setup token that it enrols with
        #[arg(long, value_name = "ID")]
        setup_token: GatewaySetupTokenId,
    },
}

impl EmulatorCommand {
    pub(crate) async fn run(
        self,
        clients: &ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        match self {
            Self::Serve {
                address,
                beyond_loopback,
                data,
                faults,
            } => {
                let ip = address.ip();
                if !ip.is_loopback() && !beyond_loopback {
                    return Err(CliError::usage(format_args!(
                        "other machines could reach {ip}: add --beyond-loopback if that is meant"
                    )));
                }
                if !ip.is_loopback() && faults {
                    return Err(CliError::usage(format_args!(
                        "other machines could reach {ip}: --faults is for loopback addresses only"
                    )));
                }
                let token = faults.then(fault_token).transpose()?;
                let emulator = match data {
                    Some(path) => embedded::open(&path).await?,
                    None => memory().map_err(|error| CliError::new(Exit::Other, error))?,
                };
                let mut served = Serve::new(emulator)
                    .address(address)
                    .beyond_loopback(beyond_loopback);
                if let Some(token) = token {
                    served = served.faults(token);
                }
                if clients.is_verbose() {
                    served = served.access_log(eprint_line);
                }
                // Whoever chose the address knows the URL.
                serve(served, output.sink().allow_closed()).await
            }
            Self::Enrol { name, setup_token } => {
                let emulator = embedded::open_default().await?;
                let tokens = clients
                    .embedded_asa(emulator.clone())?
                    .gateway_setup_tokens();
                let value = tokens.reveal(&setup_token).send().await?;
                let gateway = emulator
                    .enroll_gateway(&value, GatewayUpdate::new(name))
                    .map_err(|error| match error {
                        gatelet_emulator::Error::Invalid(_) => CliError::usage(error),
                        _ => CliError::new(Exit::Other, error),
                    })?;
                Ok(output.item(gateway)?)
            }
        }
    }
}

/// An emulator with the vendors' examples that is gone with the process.
fn memory() -> Result<Emulator, gatelet_emulator::Error> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;
    Ok(emulator)
}

/// The token that opens the faults.
fn fault_token() -> Result<Secret, CliError> {
    let token = secret::optional("GATELET_EMULATOR_FAULTS")?;
    token.ok_or_else(|| {
        CliError::usage(
            "--faults needs a token of your choice in GATELET_EMULATOR_FAULTS, or in the file that \
             GATELET_EMULATOR_FAULTS_FILE names",
        )
    })
}

/// Serves until the process is asked to end.
async fn serve(serve: Serve, stdout: &mut Stdout) -> Result<(), CliError> {
    let cannot = |error: io::Error| {
        CliError::new(
            Exit::Other,
            format_args!("the emulator cannot be served: {error}"),
        )
    };
    // Before the URL is known to anybody, so that no signal is missed.
    let end = signal::terminate().map_err(cannot)?;
    let server = serve.start().await.map_err(cannot)?;
    let address = server.address();
    if !address.ip().is_loopback() {
        eprint_line("other machines can reach this emulator, and its credentials are public");
    }
    // A stderr that cannot be written to is no reason to stop.
    let _ = io::stderr().write_all(environment(&format!("http://{address}")).as_bytes());
    writeln!(stdout, "http://{address}")?;
    stdout.flush()?;
    end.await;
    server.shutdown().await;
    Ok(())
}

/// What a shell needs to let every command and every example talk to the emulator.
fn environment(url: &str) -> String {
    format!(
        "export GATELET_ASA_URL='{url}'\n\
         export GATELET_ASA_TEAM='{team}'\n\
         export GATELET_ASA_KEY_ID='{key_id}'\n\
         export GATELET_ASA_KEY_SECRET='{key_secret}'\n\
         export GATELET_DT_URL='{url}'\n\
         export GATELET_DT_TOKEN='{token}'\n",
        team = well_known::ASA_TEAM,
        key_id = well_known::ASA_KEY_ID,
        key_secret = well_known::ASA_KEY_SECRET,
        token = well_known::DT_TOKEN,
    )
}
