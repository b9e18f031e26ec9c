//! One page of a listing, and the position of the next.

use std::fmt;
use std::str::FromStr;

/// One page of a listing, as the server gave it.
///
/// ```
/// use gatelet_transport::Page;
///
/// let page = Page::new(vec!["eu-1", "eu-2"], None).with_total_count(2);
/// assert!(page.next_page_token.is_none());
/// assert_eq!(page.into_iter().count(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the server's order; a page may be empty and still have a next one.
    pub items: Vec<T>,
    /// The position of the next page; `None` on the last page.
    pub next_page_token: Option<PageToken>,
    /// How many items there are in all, where the server says so. It may change while paging.
    pub total_count: Option<u64>,
    /// The size of a page, where the server says so.
    pub page_size: Option<u32>,
}

impl<T> Page<T> {
    /// A page of items and the position of the next one.
    #[must_use]
    pub fn new(items: Vec<T>, next_page_token: Option<PageToken>) -> Self {
        Self {
            items,
            next_page_token,
            total_count: None,
            page_size: None,
        }
    }

    /// Sets how many items there are in all.
    #[must_use]
    pub fn with_total_count(mut self, total_count: impl Into<Option<u64>>) -> Self {
        self.total_count = total_count.into();
        self
    }

    /// Sets the size of a page.
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

/// The position of a page in a listing: opaque text that may be kept and used later, in another process too.
///
/// ```
/// # fn main() -> Result<(), gatelet_transport::EmptyPageToken> {
/// let token: gatelet_transport::PageToken = "AQAAAA==".parse()?;
/// assert_eq!(token.to_string(), "AQAAAA==");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageToken(Box<str>);

impl PageToken {
    /// A token out of what the server sent; `None` when that is empty, which means the end of the listing.
    pub fn new(text: impl Into<Box<str>>) -> Option<Self> {
        let text = text.into();
        (!text.is_empty()).then_some(Self(text))
    }

    /// The text of the token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Does not print the text: a token may hold the query that it stands for.
impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken(..)")
    }
}

impl FromStr for PageToken {
    type Err = EmptyPageToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text).ok_or(EmptyPageToken)
    }
}

/// An empty text is no page token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmptyPageToken;

impl fmt::Display for EmptyPageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page token must not be empty")
    }
}

impl std::error::Error for EmptyPageToken {}
