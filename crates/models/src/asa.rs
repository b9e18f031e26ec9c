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
//! assert_eq!(serde_json::to_string(&update)?, r#"{"name":"eu-1","refuse_connections":true}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::string::String;

pub use crate::generated::asa::*;

/// The JSON Schema (2020-12) of every type in this module, each below `#/$defs/` by its name.
///
/// It is the file `schemas/asa.json` of this package and says what the vendor documents and what the models write. Reading
/// takes a little more: `null` for every optional field. Writing checks neither the length nor the pattern of a text. The words
/// of an enum are named and any other text is valid too, because the vendor may add one.
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
    /// Sets the labels of every gateway that enrols with the token; they go into [`details`](Self::details).
    #[must_use]
    pub fn with_labels(
        mut self,
        labels: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        self.details = self.details.with_labels(labels);
        self
    }
}

/// The update that changes nothing: what was read is sent again, and what was not read is kept.
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
            infrastructure_orchestrator: _,
        } = gateway;
        Self {
            name: name.clone(),
            refuse_connections: Some(*refuse_connections),
            labels: labels.clone().into(),
            description: description.clone().into(),
            access_address: access_address.clone().into(),
            default_address: default_address.clone().into(),
        }
    }
}
