//! Okta Advanced Server Access: gateways, gateway setup tokens, and the exchange of a service user's key for a bearer token.
//!
//! Okta Privileged Access serves the same operations from its own host and fills more of the fields.

pub use crate::generated::asa::*;
