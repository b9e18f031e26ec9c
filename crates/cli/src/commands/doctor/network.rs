//! Whether the server can be reached.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use gatelet_hyper::TokioClock;
use gatelet_transport::{
    BaseUrl, Clock as _, ConnectFailure, Transport as _, TransportError, TransportErrorKind,
};
use http::{Request, Response, header};

use crate::client::connection::Connection;
use crate::client::factory::ClientFactory;
use crate::commands::config::validation;
use crate::commands::doctor::check::Checks;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::settings::config_path::config_path;
use crate::settings::key::{ASA_URL, DT_URL, Vendor};
use crate::settings::settings::Settings;

/// How far the clocks may differ before signatures and bearer tokens suffer.
const MAX_SKEW: Duration = Duration::from_secs(60);

/// Checks configuration, address, connection and clock; returns whether further checks make sense.
pub(crate) async fn check(vendor: Vendor, clients: &ClientFactory, checks: &mut Checks) -> bool {
    if clients.is_embedded() {
        checks.ok("configuration", "the embedded emulator, which needs none");
        return true;
    }
    let settings = match clients.settings(vendor) {
        Ok(settings) => settings,
        Err(error) => {
            checks.fail("configuration", &error, None);
            return false;
        }
    };
    check_configuration(&settings, checks);
    match probe(vendor, &settings, clients, checks).await {
        Ok(()) => true,
        Err((check, error, remedy)) => {
            checks.fail(check, &error, remedy);
            false
        }
    }
}

fn check_configuration(settings: &Settings, checks: &mut Checks) {
    checks.ok("configuration", settings.source());
    let Some(path) = config_path().filter(|path| path.is_file()) else {
        return;
    };
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    for problem in validation::problems(&path, &text).unwrap_or_default() {
        let detail = format!("{}:{problem}", path.display());
        checks.warn(
            "configuration",
            detail,
            "`gatelet config set` and `unset` change it",
        );
    }
}

type Failure = (&'static str, CliError, Option<&'static str>);

async fn probe(
    vendor: Vendor,
    settings: &Settings,
    clients: &ClientFactory,
    checks: &mut Checks,
) -> Result<(), Failure> {
    let connection = Connection::new(clients.connection(), settings);
    let address = address(vendor, settings, &connection, clients)
        .map_err(|error| ("address", error, None))?;
    checks.ok("address", address.as_str());
    let invalid = |error| ("connection", error, None);
    let transport = connection.transport(clients.log()).map_err(invalid)?;
    let limit = connection.limit().map_err(invalid)?;
    let request = Request::get(format!("{}/", address.origin())).body(Bytes::new());
    let request = request.map_err(|error| invalid(CliError::usage(error)))?;
    let clock = TokioClock::new();
    let start = clock.monotonic();
    // Without a credential, whatever the server says to that.
    let response = tokio::select! {
        response = transport.send(request) => response.map_err(unreachable)?,
        () = clock.sleep(limit) => {
            let error = CliError::new(Exit::Timeout, "no response in time");
            return Err(("connection", error, Some("raise --timeout, or check proxies and firewalls")));
        }
    };
    let took = clock.monotonic().saturating_sub(start).as_millis();
    let host = address.host();
    checks.ok("connection", format!("{host} responds after {took} ms"));
    check_clock(&response, clock.now(), checks);
    Ok(())
}

fn address(
    vendor: Vendor,
    settings: &Settings,
    connection: &Connection<'_>,
    clients: &ClientFactory,
) -> Result<BaseUrl, CliError> {
    let url = match vendor {
        Vendor::Dt => Some(settings.required(&DT_URL)?),
        Vendor::Asa => settings.text(&ASA_URL)?,
    };
    match url {
        Some(url) => {
            let names = SettingNames::default().with("base_url", &url.origin);
            connection.address(&url, &names, clients.log())
        }
        None => Ok(BaseUrl::parse("https://app.scaleft.com")?),
    }
}

fn unreachable(error: TransportError) -> Failure {
    let remedy = match error.kind() {
        TransportErrorKind::Tls => {
            "trust the authority of the server or of a proxy that intercepts TLS with --ca-file, or the certificate itself with --pin-sha256"
        }
        TransportErrorKind::Connect(ConnectFailure::Dns) => {
            "check the host name, and whether only a proxy can resolve it (--proxy)"
        }
        TransportErrorKind::Connect(ConnectFailure::Proxy | ConnectFailure::ProxyCredentials) => {
            "check the proxy and, in GATELET_PROXY, its credentials"
        }
        _ => "check whether a firewall is between, or whether a proxy is needed (--proxy)",
    };
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(next) = source {
        text = format!("{text}: {next}");
        source = next.source();
    }
    (
        "connection",
        CliError::new(Exit::Connect, text),
        Some(remedy),
    )
}

fn check_clock(response: &Response<Bytes>, now: SystemTime, checks: &mut Checks) {
    let date = response.headers().get(header::DATE);
    let date = date.and_then(|value| httpdate::parse_http_date(value.to_str().ok()?).ok());
    let Some(date) = date else {
        return checks.ok("clock", "the server does not say its time");
    };
    let skew = match now.duration_since(date) {
        Ok(ahead) => ahead,
        Err(behind) => behind.duration(),
    };
    let seconds = skew.as_secs();
    match skew <= MAX_SKEW {
        true => checks.ok("clock", format!("differs by {seconds} s from the server's")),
        false => checks.warn(
            "clock",
            format!("differs by {seconds} s from the server's"),
            "set the clock of this machine",
        ),
    }
}
