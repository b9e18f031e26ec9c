//! How much of a request was sent.

/// How much of a request the server may have received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum Sent {
    /// Nothing, or nothing that the server will process: the request may be sent again, whatever it asks for.
    Nothing,
    /// A part without the end: the request cannot have been applied, but it is sent again only if it may arrive twice.
    Part,
    /// Perhaps the whole request. When in doubt, say this.
    Whole,
}
