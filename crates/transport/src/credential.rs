//! Credential providers: static tokens, token files, and exchanged tokens with a cache.

pub(crate) mod api_token;
pub(crate) mod bearer;
pub(crate) mod cache;
pub(crate) mod file_token;
