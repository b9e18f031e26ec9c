//! Okta Advanced Server Access.

pub(crate) mod auth;
pub(crate) mod auth_token;
pub(crate) mod bearer;
pub(crate) mod credential;
pub(crate) mod enrollment;
pub(crate) mod enrollment_token;
pub(crate) mod error_response;
pub(crate) mod examples;
pub(crate) mod gateway;
pub(crate) mod handler;
pub(crate) mod id;
pub(crate) mod page;
pub(crate) mod project;
pub(crate) mod resource_group;
pub(crate) mod response;
pub(crate) mod role;
pub(crate) mod service_user;
pub(crate) mod service_user_key;
pub(crate) mod setup_token;
pub(crate) mod table;
pub(crate) mod team;
pub(crate) mod validation;
pub(crate) mod vendor;
