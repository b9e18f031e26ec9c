//! When a key ends.

use gatelet_models::Timestamp;

/// When the key ends that a client logs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEnd {
    /// It ends at this time.
    At(Timestamp),
    /// It has no end.
    Never,
    /// The service lists it with an end that is no date.
    Unreadable,
    /// The service does not list it among the keys of the service user.
    NotListed,
    /// The client does not know its key, as with a [`Bearer`](crate::Bearer) that was obtained elsewhere.
    UnknownKey,
}
