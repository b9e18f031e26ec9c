//! Why a token that was replaced still exists.

use std::fmt;

use gatelet_transport::Error;

/// Why a token that was replaced still exists, or may.
#[derive(Debug)]
#[non_exhaustive]
pub enum DeleteOldError {
    /// There are reasons to keep it. Nothing was sent to delete it.
    Kept(Vec<KeptReason>),
    /// Whether it is in use could not be read. Nothing was sent to delete it.
    Read(Error),
    /// The deletion failed.
    Delete(Error),
}

/// What speaks against deleting a token that was replaced. Reasons are added without notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeptReason {
    /// ActiveGates show it, in any state of it.
    ShownBy {
        /// Their host names, or else their ids.
        active_gates: Vec<String>,
    },
    /// So many other ActiveGates do not say which tokens they have, as in [`TokenUsers`](crate::TokenUsers).
    Unreported(usize),
    /// The environment shows no use of its successor.
    SuccessorUnused,
    /// Its successor does not exist any more.
    SuccessorGone,
    /// Its successor has ended.
    SuccessorEnded,
    /// The API shows another name or creation date of it than before.
    Changed,
}

impl fmt::Display for KeptReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShownBy { active_gates } => {
                write!(f, "ActiveGates show it: {}", active_gates.join(", "))
            }
            Self::Unreported(1) => {
                f.write_str("1 ActiveGate does not say which tokens it has and may use it")
            }
            Self::Unreported(count) => write!(
                f,
                "{count} ActiveGates do not say which tokens they have and may use it"
            ),
            Self::SuccessorUnused => f.write_str("the new token shows no use yet"),
            Self::SuccessorGone => f.write_str("the new token does not exist any more"),
            Self::SuccessorEnded => f.write_str("the new token has ended"),
            Self::Changed => f.write_str("it is not the token any more that was listed"),
        }
    }
}

impl fmt::Display for DeleteOldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(reasons) => {
                f.write_str("the old token was not deleted: ")?;
                for (number, reason) in reasons.iter().enumerate() {
                    let separator = if number == 0 { "" } else { "; " };
                    write!(f, "{separator}{reason}")?;
                }
                Ok(())
            }
            Self::Read(error) => write!(
                f,
                "the old token was not deleted, because its use could not be read: {error}"
            ),
            Self::Delete(error) => write!(f, "could not delete the old token: {error}"),
        }
    }
}

impl std::error::Error for DeleteOldError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Kept(_) => None,
            Self::Read(error) | Self::Delete(error) => std::error::Error::source(error),
        }
    }
}
