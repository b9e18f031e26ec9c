//! How much of a request was sent.

/// How much of a request the server may have received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth state")]
pub enum Sent {
    /// Nothing, or nothing that the server will process: any request may be sent again.
    Nothing,
    /// An incomplete request: it cannot have been applied, but is sent again only if it may arrive twice.
    Part,
    /// Possibly the whole request. The default if in doubt.
    Whole,
}
