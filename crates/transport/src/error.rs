//! Errors: what happened, whether it may have been applied, and what a transport reports.

pub(crate) mod api;
pub(crate) mod error;
pub(crate) mod foreign;
pub(crate) mod kind;
pub(crate) mod next_page;
pub(crate) mod page_token;
pub(crate) mod sent;
pub(crate) mod transport;
