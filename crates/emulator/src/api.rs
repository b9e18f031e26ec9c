//! The operations of the vendors: from a request to its response.

#[cfg(feature = "asa")]
pub(crate) mod asa;
#[cfg(feature = "dt")]
pub(crate) mod dt;
#[rustfmt::skip]
pub(crate) mod generated;
pub(crate) mod plain_error;
pub(crate) mod response;
pub(crate) mod route;
pub(crate) mod router;
pub(crate) mod server_call;
pub(crate) mod server_request;
pub(crate) mod signed_claims;
pub(crate) mod vendor;
pub(crate) mod vendors;
