//! The kinds of errors, and whether a call may have been applied.

use std::fmt;

use crate::error::transport::{ConnectFailure, Phase, TooLarge, TransportErrorKind};
use crate::wire::escape::Escaped;

/// The kind of an error; each calls for a different reaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or setting was refused before anything was sent.
    InvalidInput {
        /// The parameter or setting.
        parameter: &'static str,
    },
    /// The credential was rejected, or none could be obtained.
    Credential(CredentialFailure),
    /// No connection was established; no byte of the request was written.
    Connect(ConnectFailure),
    /// A certificate was refused, or the TLS handshake failed.
    Tls,
    /// A timeout expired.
    Timeout(Phase),
    /// The connection closed after a byte of the request was written.
    Interrupted,
    /// The response was malformed, or has a status that the operation does not define.
    Protocol,
    /// The server sent a redirect, which is never followed.
    Redirect {
        /// Scheme, host and port of the target, at most 128 bytes; never its path or query.
        target_origin: Option<Box<str>>,
    },
    /// The response is not JSON, so it does not come from the API.
    NotJson {
        /// The content type of the response, at most 128 bytes.
        content_type: Option<Box<str>>,
    },
    /// The body is not JSON or does not fit the model.
    Decode {
        /// The path in the document, for example `activeGateTokens[17].creationDate`; empty for the document as a
        /// whole. It contains names of fields and keys, such as those of labels, but never values.
        path: Box<str>,
    },
    /// Something exceeded its limit.
    TooLarge {
        /// What was too large.
        what: TooLarge,
        /// The limit in bytes, or the number of header fields.
        limit: u64,
    },
    /// The API returned an error; see [`status`](crate::Error::status), [`code`](crate::Error::code) and
    /// [`message`](crate::Error::message).
    Api,
    /// The server rate limited the call for longer than its time, attempts or the retry budget allow.
    RateLimited,
    /// The list cannot continue safely.
    Pagination(PaginationFailure),
    /// The transport, the clock or the dialect panicked.
    TransportPanic,
}

/// Why no usable credential is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialFailure {
    /// The server rejected the credential, or the secret to be exchanged for one.
    Rejected,
    /// The token exchange failed for another reason and may succeed later. If it was a call, its error is the
    /// [`source`](std::error::Error::source), an `Arc` of an [`Error`](crate::Error).
    ExchangeFailed,
    /// The credential provider panicked. The panic message is dropped, because it may contain a secret.
    Panicked,
}

/// Why a list cannot continue safely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaginationFailure {
    /// The server returned a page token for the second time.
    Loop,
    /// The link to the next page leads to another path than the list.
    ForeignPath,
    /// The server refers to a next page that cannot be requested: its link is malformed, or its cursor is too long or
    /// contains a secret of the call.
    Unreadable,
    /// The list has more pages than its limit.
    LimitReached,
    /// The list ended before its total count.
    Incomplete,
}

/// Whether a write may have been applied by the server; `No` for reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth state")]
pub enum Applied {
    /// Certainly not.
    No,
    /// Unknown.
    Unknown,
    /// Certainly, although the response could not be used.
    Yes,
}

impl ErrorKind {
    /// Returns the name of the kind, one of a small set of words for logs and metrics.
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
            Self::InvalidInput { parameter } => write!(f, "invalid `{parameter}`"),
            Self::Credential(CredentialFailure::Rejected) => {
                f.write_str("the server rejected the credential")
            }
            Self::Credential(CredentialFailure::ExchangeFailed) => {
                f.write_str("could not obtain a credential")
            }
            Self::Credential(CredentialFailure::Panicked) => {
                f.write_str("the credential provider panicked")
            }
            Self::Connect(failure) => TransportErrorKind::Connect(*failure).fmt(f),
            Self::Tls => TransportErrorKind::Tls.fmt(f),
            Self::Timeout(phase) => TransportErrorKind::Timeout(*phase).fmt(f),
            Self::Interrupted => TransportErrorKind::Interrupted.fmt(f),
            Self::TooLarge { what, limit } => {
                let (what, limit) = (*what, *limit);
                TransportErrorKind::TooLarge { what, limit }.fmt(f)
            }
            // Wider than the transport's kind: includes statuses that the operation does not define.
            Self::Protocol => f.write_str("unexpected HTTP response"),
            Self::Redirect {
                target_origin: Some(origin),
            } => write!(f, "redirect to {}, not followed", Escaped(origin)),
            Self::Redirect { .. } => f.write_str("redirect, not followed"),
            Self::NotJson {
                content_type: Some(content_type),
            } => write!(f, "the response is {}, not JSON", Escaped(content_type)),
            Self::NotJson { .. } => f.write_str("the response is not JSON"),
            Self::Decode { path } if path.is_empty() => {
                f.write_str("could not decode the response")
            }
            Self::Decode { path } => {
                write!(f, "could not decode the response at {}", Escaped(path))
            }
            Self::Api => f.write_str("the API returned an error"),
            Self::RateLimited => f.write_str("rate limited by the server"),
            Self::Pagination(PaginationFailure::Loop) => {
                f.write_str("the server returned the same page token twice")
            }
            Self::Pagination(PaginationFailure::ForeignPath) => {
                f.write_str("the link to the next page leaves the list")
            }
            Self::Pagination(PaginationFailure::Unreadable) => {
                f.write_str("could not read the next page token")
            }
            Self::Pagination(PaginationFailure::LimitReached) => {
                f.write_str("the list has more pages than its limit")
            }
            Self::Pagination(PaginationFailure::Incomplete) => {
                f.write_str("the list ended before its total count")
            }
            Self::TransportPanic => f.write_str("the transport, clock or dialect panicked"),
        }
    }
}
