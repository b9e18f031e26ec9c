//! What became of something that a command deletes.

use gatelet_transport::{Applied, Deleted, Error};

use crate::error::error::cause;
use crate::error::exit::Exit;

/// What became of something that a command deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deletion {
    Deleted,
    /// The service does not know it.
    Gone,
    /// It still exists, for this reason.
    Refused(String),
    /// The response does not show whether it exists, for this reason: the credential was rejected, which may have ended together with
    /// what it deletes, or a server in front of the service does not know the path.
    Unknown(String),
    /// It may still exist, because the response did not arrive, for this reason.
    Unclear(String),
}

impl From<Result<Deleted, Error>> for Deletion {
    fn from(result: Result<Deleted, Error>) -> Self {
        let Err(error) = result else {
            return Self::Deleted;
        };
        match (error.is_not_found(), error.applied()) {
            (true, _) => Self::Gone,
            (false, Applied::Yes) => Self::Deleted,
            (false, Applied::No) if shows_nothing(&error) => Self::Unknown(cause(&error)),
            (false, Applied::No) => Self::Refused(cause(&error)),
            (false, Applied::Unknown) => Self::Unclear(cause(&error)),
        }
    }
}

impl Deletion {
    /// Returns whether it does not exist any more.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self, Self::Deleted | Self::Gone)
    }

    /// Returns how things stand, and the remedy if the thing may still exist, such as ``delete it with `…` ``.
    pub(crate) fn describe(&self, thing: &str, remedy: &str) -> String {
        match self {
            Self::Deleted => format!("{thing} was deleted again"),
            Self::Gone => format!("{thing} no longer exists"),
            Self::Refused(cause) => {
                format!("{thing} still exists, because deleting it failed: {cause}; {remedy}")
            }
            Self::Unknown(cause) => format!(
                "whether {thing} still exists is unknown, because deleting it failed: {cause}; {remedy}, if it still exists"
            ),
            Self::Unclear(cause) => format!(
                "whether {thing} was deleted is unknown: {cause}; {remedy}, if it still exists"
            ),
        }
    }

    /// Returns how things stand while the deletion runs.
    pub(crate) fn unknown(thing: &str, remedy: &str) -> String {
        format!("whether {thing} was deleted is unknown; {remedy}, if it still exists")
    }
}

/// Returns whether a refusal does not show that the thing exists.
fn shows_nothing(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    Exit::from(error) == Exit::Credential || matches!(status, Some(404 | 410))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_says_whether_it_exists_and_what_to_do() {
        let cause = || "403 Forbidden".to_owned();
        for (deletion, is_gone, line) in [
            (Deletion::Deleted, true, "key k was deleted again"),
            (Deletion::Gone, true, "key k no longer exists"),
            (
                Deletion::Refused(cause()),
                false,
                "key k still exists, because deleting it failed: 403 Forbidden; delete it with `rm k`",
            ),
            (
                Deletion::Unknown(cause()),
                false,
                "whether key k still exists is unknown, because deleting it failed: 403 Forbidden; delete it with `rm k`, if it still exists",
            ),
            (
                Deletion::Unclear(cause()),
                false,
                "whether key k was deleted is unknown: 403 Forbidden; delete it with `rm k`, if it still exists",
            ),
        ] {
            assert_eq!(deletion.describe("key k", "delete it with `rm k`"), line);
            assert_eq!(deletion.is_gone(), is_gone, "{line}");
        }
    }

    #[test]
    fn a_request_that_was_not_sent_has_deleted_nothing() {
        let error = Error::invalid_input("key_id", "existed before the rotation");
        let deletion = Deletion::from(Err(error));
        let cause = "invalid `key_id`: existed before the rotation (not sent)";
        assert_eq!(deletion, Deletion::Refused(cause.to_owned()));
    }
}
