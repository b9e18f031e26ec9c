//! A result that is not printed because of how the command line asks for it.

use std::fmt;
use std::io;

use crate::error::exit::Exit;

/// Why a result is not printed as the command line asks for it. It reaches [`CliError`](crate::error::error::CliError) in an I/O error, as
/// failed writes do.
#[derive(Debug)]
pub(crate) struct Refusal {
    reason: String,
    pub(crate) exit: Exit,
}

impl Refusal {
    /// Creates a refusal before anything was sent.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            exit: Exit::Usage,
        }
    }

    /// Creates a refusal of a result that has arrived.
    #[cfg(feature = "jq")]
    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self {
            exit: Exit::Other,
            ..Self::new(reason)
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        Self::other(refusal)
    }
}
