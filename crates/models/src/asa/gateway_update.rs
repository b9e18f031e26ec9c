//! Updates of gateways that were read.

use alloc::collections::BTreeMap;

use super::{Gateway, GatewayUpdate};
use crate::field::patch::Patch;

/// Creates an update that changes nothing: it sends everything that was read, unknown members included. A `null` field is `null` again,
/// except labels, which become empty because a gateway always has them. Absent fields are left out, and so are the fields that only
/// the service sets: `id`, `cloud_provider` and `last_seen`.
impl From<&Gateway> for GatewayUpdate {
    fn from(gateway: &Gateway) -> Self {
        // Without `..`, so that a new field has to be decided here.
        let Gateway {
            id: _,
            name,
            refuse_connections,
            labels,
            description,
            access_address,
            default_address,
            cloud_provider: _,
            last_seen: _,
            infrastructure_orchestrator,
            unknown_members,
        } = gateway;
        let null = |field| unknown_members.was_null(field);
        let no_labels = null("labels").then(BTreeMap::new);
        Self {
            name: name.clone(),
            refuse_connections: Some(*refuse_connections),
            labels: labels.clone().or(no_labels).into(),
            description: Patch::unchanged(description, null("description")),
            access_address: Patch::unchanged(access_address, null("access_address")),
            default_address: Patch::unchanged(default_address, null("default_address")),
            infrastructure_orchestrator: Patch::unchanged(
                infrastructure_orchestrator,
                null("infrastructure_orchestrator"),
            ),
            unknown_members: unknown_members.without_nulls(),
        }
    }
}

/// Equivalent to the conversion from a borrowed [`Gateway`].
impl From<Gateway> for GatewayUpdate {
    fn from(gateway: Gateway) -> Self {
        Self::from(&gateway)
    }
}
