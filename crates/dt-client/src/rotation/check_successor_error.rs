//! Why a successor is not known to be what was planned.

use std::fmt;

use gatelet_models::Timestamp;
use gatelet_transport::Error;

/// The failure of a check of a successor, which exists all the same.
#[derive(Debug)]
#[non_exhaustive]
pub enum CheckSuccessorError {
    /// It could not be read.
    Read(Error),
    /// The server gave it the id of the old token.
    OldId,
    /// It has another name.
    OtherName(String),
    /// It ends at another time.
    OtherEnd {
        /// When it should end.
        expected: Timestamp,
        /// When it ends; `None` if never.
        shown: Option<Timestamp>,
    },
}

impl fmt::Display for CheckSuccessorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "could not read the new token: {error}"),
            Self::OldId => f.write_str("the server gave the new token the id of the old one"),
            Self::OtherName(name) => write!(f, "the new token has another name, {name:?}"),
            Self::OtherEnd { expected, shown } => {
                let shown = shown.map_or_else(|| "never".to_owned(), |shown| shown.to_string());
                write!(f, "the new token should end {expected} and ends {shown}")
            }
        }
    }
}

impl std::error::Error for CheckSuccessorError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) => std::error::Error::source(error),
            Self::OldId | Self::OtherName(_) | Self::OtherEnd { .. } => None,
        }
    }
}
