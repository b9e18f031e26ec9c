//! The `Link` header field of RFC 8288, as far as paging needs it.

use http::HeaderMap;

use crate::{BaseUrl, Error};

/// The query of the link to the next page; `None` on the last page.
///
/// The target may be relative or absolute, but it must be the listing at `path` below `base`: only its query is ever
/// used, and its fragment is dropped.
///
/// # Errors
///
/// `Pagination(ForeignOrigin)` when the link leads to another origin or path, `TooLarge` when it is longer than 16 KiB.
pub fn next_query(
    headers: &HeaderMap,
    base: &BaseUrl,
    path: &str,
) -> Result<Option<String>, Error> {
    let _ = (headers, base, path);
    todo!()
}
