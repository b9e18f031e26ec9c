//! The commands on Okta ASA that are written by hand.

mod created_key;
mod created_value;
pub(crate) mod enrollment_token;
pub(crate) mod gateway;
mod gateway_labels;
pub(crate) mod gateway_setup_token;
mod gateway_status;
mod key_end;
mod key_pair;
mod key_rotation;
pub(crate) mod migrate;
mod migration_file;
mod migration_rows;
pub(crate) mod project;
pub(crate) mod resource_group;
pub(crate) mod resource_group_enrollment_token;
pub(crate) mod resource_group_project;
pub(crate) mod served_projects;
pub(crate) mod service_user;
pub(crate) mod service_user_key;
