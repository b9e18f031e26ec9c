//! `gatelet config`.

pub(crate) mod command;
mod current;
mod edit;
mod template;
pub(crate) mod validation;
pub(crate) mod view;
