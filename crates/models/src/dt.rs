//! Dynatrace Environment API v2: ActiveGate tokens and ActiveGates.
//!
//! ```
//! use gatelet_models::dt::{ActiveGateTokenCreate, ActiveGateType};
//!
//! let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment)
//!     .with_expiration_date("now+60d");
//! assert_eq!(
//!     serde_json::to_string(&create)?,
//!     r#"{"name":"edge-7","activeGateType":"ENVIRONMENT","expirationDate":"now+60d","seedToken":false}"#
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```

mod expiration;
mod expiration_error;
mod json_schema;
pub mod oauth;
mod time_unit;
mod version;

pub use crate::generated::dt::*;
pub use expiration::Expiration;
pub use expiration_error::ExpirationError;
pub use json_schema::JSON_SCHEMA;
