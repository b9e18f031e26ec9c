//! Whether the credential is accepted, and what it may read.

use gatelet_models::Operation;
use gatelet_models::dt::OperationId;

use crate::client::factory::ClientFactory;
use crate::commands::doctor::check::Checks;
use crate::error::error::CliError;
use crate::error::exit::Exit;

const TOKENS: &str = "activeGateTokenManagement.read";
const GATES: &str = "activeGates.read";

/// Makes the smallest read of each scope. Scopes that change something cannot be tried without a change.
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
        Ok(_) => checks.ok("scope of tokens", allows(TOKENS)),
        Err(error) => {
            let remedy = missing(TOKENS, "fleet-management:activegate.tokens:read");
            checks.fail("scope of tokens", error, Some(&remedy));
        }
    }
    // Current on SaaS and on Managed, and the shortest response.
    match client.active_gates().token_enforcement().send().await {
        Ok(_) => checks.ok("scope of ActiveGates", allows(GATES)),
        Err(error) => {
            let detail = CliError::from(error);
            let remedy = match detail.exit() {
                Exit::Forbidden => missing(GATES, "fleet-management:activegates:read"),
                _ => {
                    "commands on ActiveGates may fail; those on tokens work without them".to_owned()
                }
            };
            checks.warn("scope of ActiveGates", detail.line(), &remedy);
        }
    }
    let detail = format!(
        "not tried, because that would change something: {}",
        changes()
    );
    checks.skip("scopes of changes", detail);
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = OperationId::ALL.iter().map(|id| id.operation());
    // The others have the same ids.
    all.filter(|it| it.authenticated && it.alternative_to.is_none())
}

/// Says which operations a scope allows.
fn allows(scope: &str) -> String {
    format!("{scope} allows {}", needing(scope))
}

fn missing(scope: &str, of_platform: &str) -> String {
    let operations = needing(scope);
    format!(
        "give the credential the scope {scope} ({of_platform} of the platform), which these operations need: {operations}"
    )
}

/// Returns the ids of the operations that need a scope.
fn needing(scope: &str) -> String {
    let needing = operations().filter(|operation| operation.permissions.contains(&scope));
    let ids: Vec<_> = needing.map(|operation| operation.id).collect();
    ids.join(", ")
}

/// Says which scopes the operations need that are not tried.
fn changes() -> String {
    let is_tried = |it: &&str| [TOKENS, GATES].contains(it);
    let changes = operations().filter(|it| !it.permissions.iter().any(is_tried));
    let texts = changes.map(|it| format!("{} needs {}", it.id, it.permissions.join(" or ")));
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_allowed_by_a_scope_that_is_tried_or_named_as_not_tried() {
        let shown = [needing(TOKENS), needing(GATES), changes()].join(", ");
        for operation in operations() {
            assert!(shown.contains(operation.id), "{}: {shown}", operation.id);
        }
        assert!(changes().contains("activeGateTokenManagement.write"));
    }
}
