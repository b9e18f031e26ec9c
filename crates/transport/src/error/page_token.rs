//! The position that a list can be resumed at.

use std::fmt;
use std::str::FromStr;

use crate::error::error::Error;

/// The longest text of a token, in bytes: a URL has room for no more.
const TOKEN_LIMIT: usize = 64 * 1024;

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
}

pub(crate) fn refused(problem: &'static str) -> Error {
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
