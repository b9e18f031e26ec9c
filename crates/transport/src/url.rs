//! URLs: the base URL of an endpoint, its host, and references that are resolved against it.

pub(crate) mod base_url;
pub(crate) mod host;
pub(crate) mod reference;
