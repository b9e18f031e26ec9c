//! Dynatrace's environment API v2.

pub(crate) mod access_token;
pub(crate) mod active_gate;
mod active_gate_filter;
pub(crate) mod active_gate_secret;
pub(crate) mod auth;
pub(crate) mod caller;
pub(crate) mod enrollment;
pub(crate) mod error_response;
pub(crate) mod examples;
pub(crate) mod fleet_token;
pub(crate) mod handler;
mod job;
pub(crate) mod oauth_client;
mod oauth_endpoint;
mod oauth_token;
pub(crate) mod page_key;
pub(crate) mod public_part;
mod release_filter;
pub(crate) mod response;
mod scope;
mod shown_gate;
pub(crate) mod table;
pub(crate) mod token;
mod update_job;
pub(crate) mod vendor;
