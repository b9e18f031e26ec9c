//! The scopes of classic tokens, and those of OAuth clients and platform tokens.

use std::collections::BTreeSet;

use gatelet_models::Operation;
use gatelet_models::dt::OperationId;
use gatelet_models::dt::operations::GET_TOKEN_ENFORCEMENT;

/// Classic scopes up to their last part, and the platform's scopes that allow the same.
///
/// They are those of the vendor's own SDK. Whether its login still issues those of `environment-api` is not known.
const EQUIVALENTS: [(&str, [&str; 2]); 2] = [
    (
        "activeGateTokenManagement.",
        [
            "environment-api:activegate-tokens:",
            "fleet-management:activegate.tokens:",
        ],
    ),
    (
        "activeGates.",
        [
            "environment-api:activegates:",
            "fleet-management:activegates:",
        ],
    ),
];

/// The start of the platform's scopes that allow all but the operations that [`is_of_fleet`] names.
const ENVIRONMENT_API: &str = "environment-api:";

/// Returns the scopes of an OAuth client or a platform token that allow an operation.
pub(crate) fn on_platform(operation: &Operation) -> Vec<String> {
    let permissions = operation.permissions.iter().copied();
    let mut scopes: Vec<_> = permissions.flat_map(equivalents).collect();
    if is_of_fleet(operation) {
        scopes.retain(|scope| !scope.starts_with(ENVIRONMENT_API));
    }
    scopes
}

/// Returns whether only the scope of fleet management allows an operation, as documented.
fn is_of_fleet(operation: &Operation) -> bool {
    operation.name == GET_TOKEN_ENFORCEMENT.name
}

/// Returns every scope of OAuth clients and platform tokens that an operation names.
pub(crate) fn all_on_platform() -> Vec<String> {
    let scopes = permissions(|_| true);
    scopes.into_iter().flat_map(equivalents).collect()
}

/// Returns the permissions of some operations. They follow the operation table and not the store, so that the well-known
/// credentials of a store made by an earlier version get the scopes of new operations.
pub(crate) fn permissions(of: impl Fn(&Operation) -> bool) -> BTreeSet<&'static str> {
    let operations = OperationId::ALL.iter().map(|id| id.operation());
    let operations = operations.filter(|operation| of(operation));
    let permissions = operations.flat_map(|operation| operation.permissions);
    permissions.copied().collect()
}

/// Returns the platform's scopes for a permission; a permission that is not a classic scope is returned as it is.
fn equivalents(permission: &str) -> Vec<String> {
    let found = EQUIVALENTS.iter().find_map(|(classic, platform)| {
        let action = permission.strip_prefix(classic)?;
        Some(platform.map(|scope| format!("{scope}{action}")).to_vec())
    });
    found.unwrap_or_else(|| vec![permission.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::well_known::dt::DT_OAUTH_SCOPES;

    #[test]
    fn a_classic_scope_has_two_equivalents_on_the_platform() {
        assert_eq!(
            on_platform(OperationId::ListTokens.operation()),
            [
                "environment-api:activegate-tokens:read",
                "fleet-management:activegate.tokens:read",
            ]
        );
        assert_eq!(
            equivalents("fleet-management:x:read"),
            ["fleet-management:x:read"]
        );
    }

    #[test]
    fn the_enforcement_of_tokens_is_read_with_the_scope_of_fleet_management_only() {
        let scopes = on_platform(OperationId::GetTokenEnforcement.operation());
        assert_eq!(scopes, ["fleet-management:activegates:read"]);
    }

    #[test]
    fn the_well_known_scopes_suffice_for_every_operation_and_are_registered() {
        let (all, suffice) = (all_on_platform(), DT_OAUTH_SCOPES.split(' '));
        for id in OperationId::ALL {
            let acceptable = on_platform(id.operation());
            let mut granted = suffice.clone();
            let is_allowed = granted.any(|scope| acceptable.iter().any(|it| it == scope));
            assert!(is_allowed, "{acceptable:?}");
        }
        for scope in suffice {
            assert!(all.iter().any(|it| it == scope), "{scope}");
        }
    }

    #[test]
    fn every_permission_of_an_operation_has_a_scope_on_the_platform() {
        for scope in all_on_platform() {
            assert!(scope.contains(':'), "{scope}");
        }
    }
}
