//! `gatelet asa`: Okta Advanced Server Access.

pub(crate) mod asa;
pub(crate) mod gateway;
pub(crate) mod gateway_setup_token;
