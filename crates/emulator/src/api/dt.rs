//! Dynatrace's environment API v2.

pub(crate) mod access_token;
pub(crate) mod active_gate_secret;
pub(crate) mod auth;
pub(crate) mod error_response;
pub(crate) mod examples;
pub(crate) mod handler;
pub(crate) mod page_key;
pub(crate) mod public_part;
pub(crate) mod response;
pub(crate) mod table;
pub(crate) mod token;
pub(crate) mod vendor;
