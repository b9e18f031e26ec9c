//! Okta Advanced Server Access: gateways, gateway setup tokens, and the exchange of a service user's key for a bearer token.
//!
//! Okta Privileged Access serves the same operations from its own host and fills more of the fields.
//!
//! ```
//! use gatelet_models::asa::{Gateway, GatewayUpdate};
//!
//! let gateway: Gateway = serde_json::from_str(
//!     r#"{"id": "a2dfd474", "name": "eu-1", "refuse_connections": false, "labels": null}"#,
//! )?;
//! let update = GatewayUpdate::from(&gateway).with_refuse_connections(true);
//! assert_eq!(serde_json::to_string(&update)?, r#"{"name":"eu-1","refuse_connections":true,"labels":{}}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::{collections::BTreeMap, string::String};

use crate::field::patch::Patch;
pub use crate::generated::asa::*;

/// The JSON Schema (2020-12) of every type in this module, each below `#/$defs/` by its name.
///
/// It is the file `schemas/asa.json` of this package: the shapes that the vendor documents and the models write. Reading
/// accepts a little more: `null` for every optional field. Writing checks neither the length nor the pattern of a string. Besides the
/// known words of an enum any other string is valid, because the vendor may add words.
///
/// ```
/// use gatelet_models::asa;
///
/// let mut schema: serde_json::Value = serde_json::from_str(asa::JSON_SCHEMA)?;
/// schema["$ref"] = "#/$defs/Gateway".into();
/// let value = serde_json::from_str(r#"{"id": "a2dfd474", "name": "eu-1", "refuse_connections": "no"}"#)?;
/// assert!(!jsonschema::is_valid(&schema, &value));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const JSON_SCHEMA: &str = include_str!("../schemas/asa.json");

impl GatewaySetupTokenCreate {
    /// Sets the labels of every gateway that enrolls with the token; they go into [`details`](Self::details).
    #[must_use]
    pub fn with_labels(
        mut self,
        labels: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        self.details = self.details.with_labels(labels);
        self
    }
}

/// Creates an update that changes nothing: everything read is sent again, unknown members included. A `null` field is `null` again,
/// except labels, which become empty because a gateway always has them. Absent fields are left out, and so are those that only the service sets:
/// `id`, `cloud_provider` and `last_seen`.
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
            description: unchanged(description, null("description")),
            access_address: unchanged(access_address, null("access_address")),
            default_address: unchanged(default_address, null("default_address")),
            infrastructure_orchestrator: unchanged(
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

/// Returns the patch that sends a field again as it was read.
fn unchanged<T: Clone>(value: &Option<T>, was_null: bool) -> Patch<T> {
    match value {
        Some(value) => Patch::Set(value.clone()),
        None if was_null => Patch::Clear,
        None => Patch::Keep,
    }
}
