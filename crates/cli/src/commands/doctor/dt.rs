//! Whether the credential is accepted, and what it may read.

use crate::client::factory::ClientFactory;
use crate::commands::doctor::check::Checks;
use crate::error::error::CliError;
use crate::error::exit::Exit;

/// Makes the smallest reads. Scopes that change something cannot be tried without a change.
pub(crate) async fn check(clients: &ClientFactory, checks: &mut Checks) {
    let client = match clients.dt().await {
        Ok(client) => client,
        Err(error) => return checks.fail("credential", &error, None),
    };
    let tokens = client.active_gate_tokens().list().limit(1).send().await;
    let tokens = tokens.map_err(CliError::from);
    match &tokens {
        Ok(_) => checks.ok("credential", "accepted"),
        // Refused for want of a scope, which only a valid credential is.
        Err(error) if error.exit() == Exit::Forbidden => checks.ok("credential", "accepted"),
        Err(error) => {
            let remedy = "check the token and its environment";
            return checks.fail("credential", error, Some(remedy));
        }
    }
    match &tokens {
        Ok(_) => checks.ok("ActiveGate tokens", "can be read"),
        Err(error) => {
            let remedy = "give the token the scope activeGateTokenManagement.read (fleet-management:activegate.tokens:read of the platform)";
            checks.fail("ActiveGate tokens", error, Some(remedy));
        }
    }
    // Current on SaaS and on Managed, and the shortest response.
    match client.active_gates().token_enforcement().send().await {
        Ok(_) => checks.ok("ActiveGates", "can be read"),
        Err(error) => {
            let detail = CliError::from(error);
            let remedy = match detail.exit() {
                Exit::Forbidden => {
                    "commands on ActiveGates need the scope activeGates.read (fleet-management:activegates:read of a platform token or an OAuth client)"
                }
                _ => "commands on ActiveGates may fail; those on tokens work without them",
            };
            checks.warn("ActiveGates", detail.line(), remedy);
        }
    }
    let untried = "not tried: to create and delete tokens needs activeGateTokenManagement.create and .write (fleet-management:activegate.tokens:create and :write of the platform)";
    checks.ok("changes", untried);
}
