//! A limit on informational responses, which neither hyper nor h2 has.

use std::error::Error;
use std::fmt;
use std::io;

/// The most 1xx responses before the final one.
pub(crate) const LIMIT: u32 = 16;

/// The error for more than [`LIMIT`] informational responses.
#[derive(Debug)]
struct TooManyInformational;

impl fmt::Display for TooManyInformational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server sent too many informational responses")
    }
}

impl Error for TooManyInformational {}

/// Returns the error that ends a connection with more than [`LIMIT`] informational responses.
pub(crate) fn too_many() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, TooManyInformational)
}
