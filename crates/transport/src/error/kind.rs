//! What can go wrong with a call, and whether it may have been applied.

use std::fmt;

use crate::error::transport::{ConnectFailure, Phase, TooLarge, TransportErrorKind};
use crate::wire::escape::Escaped;

/// What happened; each kind wants a different answer from the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or a setting was refused before anything was sent.
    InvalidInput {
        /// The parameter or setting.
        parameter: &'static str,
    },
    /// The credential was refused, or none could be obtained.
    Credential(CredentialFailure),
    /// No connection was established; no byte of the request was written.
    Connect(ConnectFailure),
    /// A certificate or the TLS handshake was refused.
    Tls,
    /// A time limit passed.
    Timeout(Phase),
    /// The connection ended after a byte of the request was written.
    Interrupted,
    /// The answer was malformed, or has a status that the operation does not define.
    Protocol,
    /// The server answered with a redirect, which is never followed.
    Redirect {
        /// Scheme, host and port of the target, at most 128 bytes; never its path or query.
        target_origin: Option<Box<str>>,
    },
    /// The answer is not JSON, so it does not come from the API.
    NotJson {
        /// The answer's content type, at most 128 bytes.
        content_type: Option<Box<str>>,
    },
    /// The body is not JSON or does not fit the model.
    Decode {
        /// Where in the document, for example `activeGateTokens[17].creationDate`; empty for the document as a whole. It
        /// names fields and keys, such as those of labels, and never values.
        path: Box<str>,
    },
    /// Something exceeded its limit.
    TooLarge {
        /// What was too large.
        what: TooLarge,
        /// The limit, in bytes; for header fields their number.
        limit: u64,
    },
    /// The API answered with an error; see [`status`](crate::Error::status), [`code`](crate::Error::code) and
    /// [`message`](crate::Error::message).
    Api,
    /// The server asks to slow down for longer than the call, its attempts or the retry budget allow.
    RateLimited,
    /// The listing cannot go on safely.
    Pagination(PaginationFailure),
    /// The transport, the clock or the dialect panicked.
    TransportPanic,
}

/// Why there is no usable credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialFailure {
    /// The server refused the credential, or what was to be exchanged for one.
    Rejected,
    /// The exchange for a credential failed for another reason; it may succeed later. Where the exchange was a call, its own error
    /// is the [`source`](std::error::Error::source), an `Arc` of an [`Error`](crate::Error).
    ExchangeFailed,
    /// The provider of credentials panicked. What it panicked with is not kept, because it may hold a secret.
    Panicked,
}

/// Why a listing cannot go on safely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaginationFailure {
    /// The server gave a position that the listing has already been at.
    Loop,
    /// The link to the next page leads to a path that is not the listing's.
    ForeignPath,
    /// The server names a next page that cannot be requested: its link is malformed, or its cursor is too long or holds a
    /// secret of the call.
    Unreadable,
    /// The listing has more pages than its limit.
    LimitReached,
}

/// Whether a write may have been applied by the server; for a read always `No`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum Applied {
    /// Surely not.
    No,
    /// Nobody on this side can know.
    Unknown,
    /// Surely, although the answer could not be used.
    Yes,
}

impl ErrorKind {
    /// The name of the kind, for logs and metrics: one of a small set of words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidInput { .. } => "InvalidInput",
            Self::Credential(_) => "Credential",
            Self::Connect(_) => "Connect",
            Self::Tls => "Tls",
            Self::Timeout(_) => "Timeout",
            Self::Interrupted => "Interrupted",
            Self::Protocol => "Protocol",
            Self::Redirect { .. } => "Redirect",
            Self::NotJson { .. } => "NotJson",
            Self::Decode { .. } => "Decode",
            Self::TooLarge { .. } => "TooLarge",
            Self::Api => "Api",
            Self::RateLimited => "RateLimited",
            Self::Pagination(_) => "Pagination",
            Self::TransportPanic => "TransportPanic",
        }
    }
}

impl From<TransportErrorKind> for ErrorKind {
    fn from(kind: TransportErrorKind) -> Self {
        match kind {
            TransportErrorKind::Connect(failure) => Self::Connect(failure),
            TransportErrorKind::Tls => Self::Tls,
            TransportErrorKind::Timeout(phase) => Self::Timeout(phase),
            TransportErrorKind::Interrupted => Self::Interrupted,
            TransportErrorKind::Protocol => Self::Protocol,
            TransportErrorKind::TooLarge { what, limit } => Self::TooLarge { what, limit },
            TransportErrorKind::Config => Self::InvalidInput {
                parameter: "transport",
            },
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidInput { parameter } => write!(f, "`{parameter}` cannot be used"),
            Self::Credential(CredentialFailure::Rejected) => {
                f.write_str("the server refused the credential")
            }
            Self::Credential(CredentialFailure::ExchangeFailed) => {
                f.write_str("no credential could be obtained")
            }
            Self::Credential(CredentialFailure::Panicked) => {
                f.write_str("the provider of credentials panicked")
            }
            Self::Connect(failure) => failure.fmt(f),
            Self::Tls => f.write_str("the TLS handshake was refused"),
            Self::Timeout(phase) => phase.fmt(f),
            Self::Interrupted => f.write_str("the connection ended before the answer was complete"),
            Self::Protocol => f.write_str(
                "the answer is malformed, or has a status that the operation does not define",
            ),
            Self::Redirect {
                target_origin: Some(origin),
            } => write!(
                f,
                "a redirect to {}, which is not followed",
                Escaped(origin)
            ),
            Self::Redirect { .. } => f.write_str("a redirect, which is not followed"),
            Self::NotJson {
                content_type: Some(content_type),
            } => write!(f, "the answer is not JSON but {}", Escaped(content_type)),
            Self::NotJson { .. } => f.write_str("the answer is not JSON"),
            Self::Decode { path } if path.is_empty() => f.write_str("the answer does not decode"),
            Self::Decode { path } => write!(f, "the answer does not decode at {}", Escaped(path)),
            Self::TooLarge { what, limit } => write!(f, "{what} exceeds the limit of {limit}"),
            Self::Api => f.write_str("the API answered with an error"),
            Self::RateLimited => f.write_str("the server asks to slow down"),
            Self::Pagination(PaginationFailure::Loop) => {
                f.write_str("the listing repeats a position")
            }
            Self::Pagination(PaginationFailure::ForeignPath) => {
                f.write_str("the link to the next page leads away from the listing")
            }
            Self::Pagination(PaginationFailure::Unreadable) => {
                f.write_str("the position of the next page cannot be read")
            }
            Self::Pagination(PaginationFailure::LimitReached) => {
                f.write_str("the listing has more pages than its limit")
            }
            Self::TransportPanic => f.write_str("the transport, the clock or the dialect panicked"),
        }
    }
}
