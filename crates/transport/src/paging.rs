//! Lists, page by page or item by item.

pub mod link;
pub(crate) mod page;
pub(crate) mod pages;
pub(crate) mod prefetch;
