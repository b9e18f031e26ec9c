//! Whether the service user can log in, and what it may read.

use asa_client::Client;

use crate::client::factory::ClientFactory;
use crate::commands::doctor::check::Checks;
use crate::error::error::CliError;

/// Logs in and makes the smallest reads.
pub(crate) async fn check(clients: &ClientFactory, checks: &mut Checks) {
    let client = match clients.asa().await {
        Ok(client) => client,
        Err(error) => return checks.fail("credential", &error, None),
    };
    match client.current_user().await {
        Ok(user) => checks.ok("credential", format!("logged in as {}", user.name)),
        Err(error) => {
            let remedy = "check the ID and the secret of the key, and the name of the team";
            return checks.fail("credential", &error.into(), Some(remedy));
        }
    }
    read_lists(&client, checks).await;
}

async fn read_lists(client: &Client, checks: &mut Checks) {
    let remedy = Some("give the service user a role that may read them");
    let gateways = client.gateways().list().limit(1);
    match gateways.send().await.map_err(CliError::from) {
        Ok(_) => checks.ok("gateways", "can be read"),
        Err(error) => checks.fail("gateways", &error, remedy),
    }
    let tokens = client.gateway_setup_tokens().list().limit(1);
    match tokens.send().await.map_err(CliError::from) {
        Ok(_) => checks.ok("setup tokens", "can be read"),
        Err(error) => checks.fail("setup tokens", &error, remedy),
    }
}
