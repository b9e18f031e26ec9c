//! `gatelet login`.

mod answers;
pub(crate) mod command;
mod login_options;
mod new_profile;
mod secret_place;
mod trial;
