//! Credentials that most APIs use: tokens, token files, and tokens that are exchanged for others.

pub(crate) mod api_token;
pub(crate) mod bearer;
pub(crate) mod cache;
pub(crate) mod file_token;
