//! Dynatrace's environment API v2.

pub(crate) mod auth;
pub(crate) mod error_response;
pub(crate) mod handler;
pub(crate) mod response;
pub(crate) mod token;
