//! The token of a page, at which a list can be resumed.

use std::fmt;
use std::str::FromStr;

use crate::error::error::Error;

/// The maximum length of a token, in bytes: no longer URL is sent.
const TOKEN_LIMIT: usize = 64 * 1024;

/// The token of a page: opaque text that may be stored and used later, even in another process.
///
/// It consists of 1 byte to 64 KiB of printable ASCII.
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
    /// The maximum length that a server may send, in bytes: of a cursor before percent-encoding, or of the query of a
    /// link.
    pub const CURSOR_LIMIT: usize = 16 * 1024;

    /// Creates a token from text.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the text is empty, longer than 64 KiB, or contains anything but printable ASCII. The error
    /// never contains the text.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text: Box<str> = text.into().into();
        if text.is_empty() {
            return Err(refused("is empty"));
        }
        if text.len() > TOKEN_LIMIT {
            return Err(refused("is longer than 64 KiB"));
        }
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(refused("contains a character other than printable ASCII"));
        }
        Ok(Self(text))
    }

    /// Returns the text.
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

/// Hides the text, which may be the query of a link.
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
