//! URLs: base URLs, hosts and relative references.

pub(crate) mod base_url;
pub(crate) mod host;
pub(crate) mod reference;
