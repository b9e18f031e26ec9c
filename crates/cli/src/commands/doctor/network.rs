//! Whether the server can be reached.

use gatelet_transport::BaseUrl;

use crate::client::connection::Connection;
use crate::client::factory::ClientFactory;
use crate::commands::config::validation;
use crate::commands::doctor::check::Checks;
use crate::commands::doctor::reach::{self, Peer};
use crate::commands::doctor::server;
use crate::error::error::CliError;
use crate::error::setting_names::SettingNames;
use crate::settings::config_path::config_path;
use crate::settings::key::{ASA_URL, DT_URL, Vendor};
use crate::settings::settings::Settings;

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
    let connection = Connection::new(clients.connection(), &settings);
    match connect(vendor, &settings, &connection, clients, checks).await {
        Ok(is_reached) => is_reached,
        Err(error) => {
            checks.fail("configuration", &error, None);
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

/// Connects step by step, and returns whether the server has responded.
///
/// # Errors
/// A setting is invalid.
async fn connect(
    vendor: Vendor,
    settings: &Settings,
    connection: &Connection<'_>,
    clients: &ClientFactory,
    checks: &mut Checks,
) -> Result<bool, CliError> {
    let address = match address(vendor, settings, connection, clients) {
        Ok(address) => address,
        Err(error) => {
            checks.fail("address", &error, None);
            return Ok(false);
        }
    };
    checks.ok("address", address.as_str());
    let proxies = connection.proxies(clients.log().secrets())?;
    let proxy = proxies.and_then(|it| it.address_for(&address));
    let limit = connection.limit()?;
    let builder = connection.builder(clients.log())?;
    let peer = match &proxy {
        Some((host, port)) => Peer {
            host: host.clone(),
            port: *port,
            is_proxy: true,
        },
        None => Peer {
            host: address.host().to_owned(),
            port: address.port(),
            is_proxy: false,
        },
    };
    if !reach::check(&peer, limit, checks).await {
        return Ok(false);
    }
    let proxy = proxy.map(|(host, port)| format!("{host} port {port}"));
    Ok(server::check(&address, proxy, builder, limit, checks).await)
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
