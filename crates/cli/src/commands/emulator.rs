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
    /// The first line on stdout is the URL; stderr shows the environment variables to set. With --verbose, each request is
    /// logged to stderr.
    Serve {
        /// Address to listen on; port 0 picks a free port
        #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
        address: SocketAddr,
        /// Allow an address that other machines can reach
        #[arg(long)]
        beyond_loopback: bool,
        /// State file [default: in memory]
        #[arg(long, value_name = "FILE")]
        data: Option<PathBuf>,
        /// Let callers with the token in GATELET_EMULATOR_FAULTS script faults for the next requests
        #[arg(long)]
        faults: bool,
    },
    /// Enroll a gateway in the embedded emulator, as its agent would with a setup token
    #[command(alias = "enrol")]
    Enroll {
        /// Name of the gateway
        name: String,
        /// ID of the setup token to enroll with
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
                        "other machines could reach {ip}; add --beyond-loopback to allow that"
                    )));
                }
                if !ip.is_loopback() && faults {
                    return Err(CliError::usage(format_args!(
                        "other machines could reach {ip}; --faults requires a loopback address"
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
                // A closed stdout is fine: the caller may have chosen the address and so know the URL.
                serve(served, output.sink().allow_closed()).await
            }
            Self::Enroll { name, setup_token } => {
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

/// Creates an emulator in memory with the vendors' examples.
fn memory() -> Result<Emulator, gatelet_emulator::Error> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;
    Ok(emulator)
}

/// Reads the token that allows faults.
fn fault_token() -> Result<Secret, CliError> {
    let token = secret::optional("GATELET_EMULATOR_FAULTS")?;
    token.ok_or_else(|| {
        CliError::usage(
            "--faults needs a token of your choice in GATELET_EMULATOR_FAULTS, or in a file named by \
             GATELET_EMULATOR_FAULTS_FILE",
        )
    })
}

/// Serves until SIGTERM or Ctrl-C.
async fn serve(serve: Serve, stdout: &mut Stdout) -> Result<(), CliError> {
    let serve_error = |error: io::Error| {
        CliError::new(
            Exit::Other,
            format_args!("could not serve the emulator: {error}"),
        )
    };
    // Catch signals before anyone knows the URL, so that none is missed.
    let stop = signal::terminate().map_err(serve_error)?;
    let server = serve.start().await.map_err(serve_error)?;
    let address = server.address();
    if !address.ip().is_loopback() {
        eprint_line(
            "warning: other machines can reach this emulator, and its credentials are public",
        );
    }
    // A failed write to stderr is ignored.
    let _ = io::stderr().write_all(environment(&format!("http://{address}")).as_bytes());
    writeln!(stdout, "http://{address}")?;
    stdout.flush()?;
    stop.await;
    server.shutdown().await;
    Ok(())
}

/// Returns the shell commands that let every command and example use the emulator.
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
