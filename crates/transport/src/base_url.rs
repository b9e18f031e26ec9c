//! The address that all paths of an endpoint are below.

use std::fmt;

use http::uri::{Authority, Scheme};

use crate::Error;

/// Scheme, host, port and path prefix of an endpoint, checked and normalised once.
///
/// ```
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let base = gatelet_transport::BaseUrl::parse("https://ABC.live.dynatrace.com:443/api/")?;
/// assert_eq!(base.as_str(), "https://abc.live.dynatrace.com/api");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: Box<str>,
    scheme: Scheme,
    authority: Authority,
    path_at: usize,
}

impl BaseUrl {
    /// Reads an `https` address; `http` is accepted on loopback only.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for another scheme, for userinfo, a query or a fragment, and for what is no address. The text is
    /// never part of the error, because it may hold a password.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let _ = text;
        todo!()
    }

    /// Reads an address as [`parse`](Self::parse) does, but accepts `http` for any host: credentials then travel in the
    /// clear.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_allowing_http(text: &str) -> Result<Self, Error> {
        let _ = text;
        todo!()
    }

    /// The normalised address without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The path prefix: empty, or beginning with a slash and not ending with one.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text.get(self.path_at..).unwrap_or_default()
    }

    /// The same host with another path prefix, which is empty or begins with a slash and does not end with one.
    ///
    /// # Errors
    ///
    /// `InvalidInput` when the path is not one.
    pub fn with_path(&self, path: &str) -> Result<Self, Error> {
        let _ = path;
        todo!()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
