//! How a page leads to the next: by a cursor in its body or by a link.

pub(crate) mod cursor;
pub(crate) mod link;
