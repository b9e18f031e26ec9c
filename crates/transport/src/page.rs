//! One page of a listing, and the position of the next.

use std::fmt;
use std::str::FromStr;

use crate::link::{fits, is_query};
use crate::{Error, NextPageError};

/// The longest text of a token, in bytes: a URL has room for no more.
const TOKEN_LIMIT: usize = 64 * 1024;

/// One page of a listing, as the server gave it.
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
    /// The items, in the server's order; a page may be empty and still have a next one.
    pub items: Vec<T>,
    /// The position of the next page; `None` on the last page. An error where the server speaks of a next page, but not so
    /// that it can be asked for: the items of this page are good all the same.
    pub next_page_token: Result<Option<PageToken>, NextPageError>,
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
            next_page_token: Ok(next_page_token),
            total_count: None,
            page_size: None,
        }
    }

    /// Sets why the next page cannot be asked for.
    #[must_use]
    pub fn with_next_page_error(mut self, error: NextPageError) -> Self {
        self.next_page_token = Err(error);
        self
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
/// It is 1 byte to 64 KiB of printable ASCII.
///
/// ```
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let token: gatelet_transport::PageToken = "AQAAAA==".parse()?;
/// assert_eq!(token.to_string(), "AQAAAA==");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageToken(Box<str>);

impl PageToken {
    /// The longest position that a server may give, in bytes: a cursor before it is percent-encoded, or the query of a link.
    pub const CURSOR_LIMIT: usize = 16 * 1024;

    /// Makes a token of a text.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a text that is empty, longer than 64 KiB, or holds more than printable ASCII. The text is never part
    /// of the error.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text: Box<str> = text.into().into();
        if text.is_empty() {
            return Err(refused("is empty"));
        }
        if text.len() > TOKEN_LIMIT {
            return Err(refused("is longer than 64 KiB"));
        }
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(refused("holds a character beyond printable ASCII"));
        }
        Ok(Self(text))
    }

    /// The text of the token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the token as the query of a page, where pages are linked by their queries.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where it is longer than the query of a [link](crate::link::next_query), holds a character that no query
    /// has, or is a whole URL, or the question mark before a query too: a server would overlook that, and begin at its first page.
    pub fn query(&self) -> Result<&str, Error> {
        if !fits(&self.0) {
            return Err(refused("is longer than 16 KiB"));
        }
        if !is_query(&self.0) {
            return Err(refused("holds a character that no query has"));
        }
        let name = self.0.split('=').next().unwrap_or_default();
        if name.starts_with('?') || name.contains("://") {
            return Err(refused("is more than what stands behind the `?` of a URL"));
        }
        Ok(&self.0)
    }
}

fn refused(problem: &'static str) -> Error {
    Error::invalid_input("page_token", problem)
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

/// As [`PageToken::new`].
impl FromStr for PageToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}
