//! `gatelet config`.

pub(crate) mod command;
mod current;
mod edit;
mod template;
mod validation;
mod view;
