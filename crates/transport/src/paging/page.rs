//! One page of a list, with the token of the next.

use crate::error::next_page::NextPageError;
use crate::error::page_token::PageToken;

/// One page of a list, as the server returned it.
///
/// ```
/// use gatelet_transport::Page;
///
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let page = Page::new(vec!["eu-1", "eu-2"], None).with_total_count(2);
/// assert_eq!(page.items.len(), 2);
/// if let Some(token) = page.next_page_token? {
///     println!("go on at {token}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items in the server's order; a page may be empty and still have a next one.
    pub items: Vec<T>,
    /// The token of the next page; `None` on the last page. An error if the server refers to a next page that cannot be
    /// requested; the items of this page are valid all the same.
    pub next_page_token: Result<Option<PageToken>, NextPageError>,
    /// The total number of items, if the server reports it. It may change while paging.
    pub total_count: Option<u64>,
    /// The page size, if the server reports it.
    pub page_size: Option<u32>,
}

impl<T> Page<T> {
    /// Creates a page of items and the token of the next page.
    #[must_use]
    pub fn new(items: Vec<T>, next_page_token: Option<PageToken>) -> Self {
        Self {
            items,
            next_page_token: Ok(next_page_token),
            total_count: None,
            page_size: None,
        }
    }

    /// Sets why the next page cannot be requested.
    #[must_use]
    pub fn with_next_page_error(mut self, error: NextPageError) -> Self {
        self.next_page_token = Err(error);
        self
    }

    /// Sets the total number of items.
    #[must_use]
    pub fn with_total_count(mut self, total_count: impl Into<Option<u64>>) -> Self {
        self.total_count = total_count.into();
        self
    }

    /// Sets the page size.
    #[must_use]
    pub fn with_page_size(mut self, page_size: impl Into<Option<u32>>) -> Self {
        self.page_size = page_size.into();
        self
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}
