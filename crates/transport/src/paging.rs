//! Lists, page by page and item by item.

pub mod link;
pub(crate) mod page;
pub(crate) mod pages;
pub(crate) mod prefetch;
