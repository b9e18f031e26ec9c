//! Okta Advanced Server Access: gateways, gateway setup tokens, service users, and the exchange of a key for a bearer token.
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

mod gateway_selector;
mod gateway_setup_token_create;
mod gateway_update;
mod json_schema;
mod label_requirement;
mod parse_gateway_selector_error;
mod project;
mod service_user_key;
mod service_user_update;

pub use crate::generated::asa::*;
pub use gateway_selector::GatewaySelector;
pub use json_schema::JSON_SCHEMA;
pub use label_requirement::LabelRequirement;
pub use parse_gateway_selector_error::{GatewaySelectorErrorKind, ParseGatewaySelectorError};
