//! Secrets, and the shapes that the vendors' secrets have.

pub(crate) mod secret;
pub(crate) mod shape;
