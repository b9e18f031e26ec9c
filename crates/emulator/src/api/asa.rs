//! Okta Advanced Server Access.

pub(crate) mod auth;
pub(crate) mod bearer;
pub(crate) mod error_response;
pub(crate) mod gateway;
pub(crate) mod handler;
pub(crate) mod page;
pub(crate) mod response;
pub(crate) mod setup_token;
pub(crate) mod validation;
