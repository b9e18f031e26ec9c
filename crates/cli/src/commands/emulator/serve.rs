//! `gatelet emulator serve`.

use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use gatelet_emulator::{Emulator, well_known};
use gatelet_models::Secret;
use gatelet_models::dt::oauth::{RESOURCE_PREFIX, TOKEN_PATH};

use crate::client::connection::DEFAULT_TIMEOUT;
use crate::client::embedded;
use crate::env;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log_entry::print_line;
use crate::output::stdout::Stdout;
use crate::redaction::KnownSecrets;
use crate::settings::secret_source::environment_secret;
use crate::settings::variable::{EMULATOR_FAULTS, EMULATOR_FAULTS_FILE};
use crate::signal;

/// Serves the emulator.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
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
}

impl Serve {
    /// Prints the URL and serves until SIGTERM, SIGHUP or Ctrl-C; then calls `on_stop`. Logs each request if `is_verbose`.
    pub(crate) async fn run(
        self,
        is_verbose: bool,
        stdout: &mut Stdout,
        on_stop: impl FnOnce(),
    ) -> Result<(), CliError> {
        self.check_reach(self.address.ip())?;
        let token = match self.faults {
            true => Some(read_fault_token().await?),
            false => None,
        };
        let emulator = match self.data {
            Some(path) => embedded::open(&path).await?,
            None => seeded_in_memory().map_err(|error| CliError::new(Exit::Other, error))?,
        };
        let mut serve = gatelet_emulator::Serve::new(emulator)
            .address(self.address)
            .beyond_loopback(self.beyond_loopback);
        if let Some(token) = token {
            serve = serve.faults(token);
        }
        if is_verbose {
            serve = serve.access_log(print_line);
        }
        // A closed stdout is fine: the caller may have chosen the address and so know the URL.
        serve_until_stopped(serve, stdout.allow_closed(), on_stop).await
    }

    /// Refuses an address that other machines can reach, unless it was asked for and faults are off.
    fn check_reach(&self, ip: IpAddr) -> Result<(), CliError> {
        let remedy = match (ip.is_loopback(), self.beyond_loopback, self.faults) {
            (true, _, _) | (false, true, false) => return Ok(()),
            (false, false, _) => "add --beyond-loopback to allow that",
            (false, true, true) => "--faults requires a loopback address",
        };
        Err(CliError::usage(format_args!(
            "other machines could reach {ip}; {remedy}"
        )))
    }
}

/// Creates an emulator in memory with the vendors' examples.
fn seeded_in_memory() -> Result<Emulator, gatelet_emulator::Error> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;
    Ok(emulator)
}

/// Reads the token that allows faults.
async fn read_fault_token() -> Result<Secret, CliError> {
    let names = [EMULATOR_FAULTS.name, EMULATOR_FAULTS_FILE.name];
    let [value, file] = names.map(|name| Some((name, env::non_empty(name)?)));
    let value = value.as_ref().map(|(name, value)| (*name, &**value));
    let file = file.as_ref().map(|(name, file)| (*name, &**file));
    match environment_secret(value, file)? {
        // No result follows that could show it.
        Some(source) => source.read(DEFAULT_TIMEOUT, &KnownSecrets::default()).await,
        None => Err(CliError::usage(format_args!(
            "--faults needs a token of your choice in {}, or in a file named by {}",
            EMULATOR_FAULTS.name, EMULATOR_FAULTS_FILE.name
        ))),
    }
}

/// Serves until SIGTERM, SIGHUP or Ctrl-C.
async fn serve_until_stopped(
    serve: gatelet_emulator::Serve,
    stdout: &mut Stdout,
    on_stop: impl FnOnce(),
) -> Result<(), CliError> {
    let serve_error = |error: io::Error| {
        CliError::new(
            Exit::Other,
            format_args!("could not serve the emulator: {error}"),
        )
    };
    // Catch signals before anyone knows the URL, so that none is missed.
    let stop = signal::caught().map_err(serve_error)?;
    let server = serve.start().await.map_err(serve_error)?;
    let address = server.address();
    if !address.ip().is_loopback() {
        print_line(
            "warning: other machines can reach this emulator, and its credentials are public",
        );
    }
    let exports = export_commands(&format!("http://{address}"), address.ip().is_loopback());
    // A failed write to stderr is ignored.
    let _ = io::stderr().write_all(exports.as_bytes());
    writeln!(stdout, "http://{address}")?;
    stdout.flush()?;
    stop.await;
    on_stop();
    server.shutdown().await;
    Ok(())
}

/// Returns the shell commands that let every command and example use the emulator. One on loopback needs no switch for `http`.
fn export_commands(url: &str, is_loopback: bool) -> String {
    let allow_http = match is_loopback {
        true => "",
        false => "export GATELET_ALLOW_HTTP='1'\n",
    };
    format!(
        "export GATELET_ASA_URL='{url}'\n\
         export GATELET_ASA_TEAM='{team}'\n\
         export GATELET_ASA_KEY_ID='{key_id}'\n\
         export GATELET_ASA_KEY_SECRET='{key_secret}'\n\
         export GATELET_DT_URL='{url}'\n\
         export GATELET_DT_TOKEN='{token}'\n\
         # or, in place of GATELET_DT_TOKEN:\n\
         # export GATELET_DT_OAUTH_CLIENT_ID='{client_id}'\n\
         # export GATELET_DT_OAUTH_CLIENT_SECRET='{client_secret}'\n\
         # export GATELET_DT_OAUTH_SCOPES='{scopes}'\n\
         # export GATELET_DT_OAUTH_RESOURCE='{RESOURCE_PREFIX}emulator'\n\
         # export GATELET_DT_OAUTH_TOKEN_URL='{url}{TOKEN_PATH}'\n\
         {allow_http}",
        team = well_known::ASA_TEAM,
        key_id = well_known::ASA_KEY_ID,
        key_secret = well_known::ASA_KEY_SECRET,
        token = well_known::DT_TOKEN,
        client_id = well_known::DT_OAUTH_CLIENT_ID,
        client_secret = well_known::DT_OAUTH_CLIENT_SECRET,
        scopes = well_known::DT_OAUTH_SCOPES,
    )
}
