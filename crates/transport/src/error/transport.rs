//! Why a transport returned no complete response.

use std::error::Error;
use std::fmt;

use http::{HeaderMap, StatusCode};

use crate::error::sent::Sent;

/// A boxed error, the type of all sources.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// What went wrong below HTTP semantics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was established, and no byte of the request was written. Includes a TLS handshake that the peer
    /// dropped.
    Connect(ConnectFailure),
    /// A certificate was refused, or the handshake failed. Never retried.
    Tls,
    /// A timeout expired.
    Timeout(Phase),
    /// The connection closed after a byte of the request was written.
    Interrupted,
    /// The response is not valid HTTP.
    Protocol,
    /// Something exceeded its limit.
    TooLarge {
        /// What was too large.
        what: TooLarge,
        /// The limit in bytes, or the number of header fields.
        limit: u64,
    },
    /// The transport is misconfigured, for example used outside its runtime.
    Config,
}

/// Why no connection was established.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectFailure {
    /// The host name did not resolve.
    Dns,
    /// The host refused the connection.
    Refused,
    /// The proxy rejected the connection.
    Proxy,
    /// The proxy requires credentials, or other ones (407).
    ProxyCredentials,
    /// The process or the system is out of file descriptors.
    TooManyOpenFiles,
    /// Anything else, for example an unreachable network or a handshake that the peer dropped.
    Other,
}

/// The part of a call that timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Connecting, with name resolution and TLS.
    Connect,
    /// Waiting for the first byte of the response.
    FirstByte,
    /// Sending the request or receiving the response, without progress.
    Stall,
    /// One whole attempt.
    Attempt,
    /// The whole call with all its attempts and waits.
    Total,
}

/// What exceeded its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TooLarge {
    /// The head of the response: status line and header fields.
    Head,
    /// The body of the response.
    Body,
    /// The body of the response after content decoding.
    Decoded,
    /// The URL of the request.
    Url,
}

/// The error of a transport: no complete response was received, and how much of the request the server may have
/// received.
///
/// ```
/// use gatelet_transport::{ConnectFailure, Sent, TransportError, TransportErrorKind};
///
/// let refused = TransportError::new(TransportErrorKind::Connect(ConnectFailure::Refused));
/// assert_eq!(refused.sent(), Sent::Nothing);
///
/// let reset = TransportError::new(TransportErrorKind::Interrupted);
/// assert_eq!(reset.sent(), Sent::Whole); // when in doubt
/// let refused = reset.with_sent(Sent::Nothing); // the peer said that it processed nothing
/// # assert_eq!(refused.sent(), Sent::Nothing);
/// ```
pub struct TransportError {
    kind: TransportErrorKind,
    sent: Sent,
    status: Option<StatusCode>,
    /// Boxed, because few errors have them, and every result reserves the space.
    headers: Option<Box<HeaderMap>>,
    source: Option<BoxError>,
}

impl TransportError {
    /// Creates an error of a kind. Failures before the first byte of the request (`Connect`, `Tls`, `Config` and the
    /// connect timeout) imply [`Sent::Nothing`], all others [`Sent::Whole`]; override it by
    /// [`with_sent`](Self::with_sent).
    #[must_use]
    pub fn new(kind: TransportErrorKind) -> Self {
        use TransportErrorKind::{Config, Connect, Timeout, Tls};
        let sent = match kind {
            Connect(_) | Tls | Config | Timeout(Phase::Connect) => Sent::Nothing,
            _ => Sent::Whole,
        };
        Self {
            kind,
            sent,
            status: None,
            headers: None,
            source: None,
        }
    }

    /// Sets how much of the request the server may have received: [`Sent::Nothing`] also if it received the request but
    /// certainly did not process it, for example because HTTP/2 refused the stream.
    #[must_use]
    pub fn with_sent(mut self, sent: Sent) -> Self {
        self.sent = sent;
        self
    }

    /// Sets the status that was received before the response broke off: a 201 was applied even if its body is
    /// incomplete.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.sent = Sent::Whole;
        self.status = Some(status);
        self
    }

    /// Sets the head of a response whose body could not be read: the status, as [`with_status`](Self::with_status), and
    /// the header fields.
    ///
    /// The status decides about the call even without the body, and `Retry-After` about its next attempt.
    ///
    /// ```
    /// use gatelet_transport::{TransportError, TransportErrorKind};
    /// use http::{HeaderMap, HeaderValue, StatusCode, header};
    ///
    /// let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("7"))]);
    /// let cut = TransportError::new(TransportErrorKind::Interrupted)
    ///     .with_head(StatusCode::SERVICE_UNAVAILABLE, headers);
    /// assert_eq!(cut.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    /// assert!(cut.headers().is_some_and(|headers| headers.contains_key("retry-after")));
    /// ```
    #[must_use]
    pub fn with_head(self, status: StatusCode, headers: HeaderMap) -> Self {
        let mut this = self.with_status(status);
        this.headers = Some(Box::new(headers));
        this
    }

    /// Sets the source. Its text must not contain a secret, a query or a header value.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Returns how much of the request the server may have received.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// Returns the status that was received before the response broke off.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns the header fields of the response, if all of them were received.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.headers.as_deref()
    }

    /// Takes the header fields, so that no error of a call keeps them.
    pub(crate) fn take_headers(&mut self) -> Option<HeaderMap> {
        self.headers.take().map(|headers| *headers)
    }

    /// Returns a copy without the source.
    #[cfg(feature = "tower")]
    pub(crate) fn copy(&self) -> Self {
        Self {
            kind: self.kind,
            sent: self.sent,
            status: self.status,
            headers: self.headers.clone(),
            source: None,
        }
    }

    /// Returns the source, for an error that states the kind itself.
    pub(crate) fn into_source(self) -> Option<BoxError> {
        self.source
    }
}

/// Prints only the number of header fields, because a server may repeat a secret there.
impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("sent", &self.sent)
            .field("status", &self.status)
            .field(
                "headers",
                &self.headers.as_ref().map(|headers| headers.len()),
            )
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(failure) => failure.fmt(f),
            Self::Tls => f.write_str("TLS handshake failed"),
            Self::Timeout(phase) => phase.fmt(f),
            Self::Interrupted => f.write_str("connection closed before the response was complete"),
            Self::Protocol => f.write_str("malformed HTTP response"),
            Self::TooLarge { what, limit } => write!(f, "{what} exceeds the limit of {limit}"),
            Self::Config => f.write_str("the transport is misconfigured"),
        }
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "could not resolve the host name",
            Self::Refused => "connection refused",
            Self::Proxy => "the proxy rejected the connection",
            Self::ProxyCredentials => "the proxy requires other credentials",
            Self::TooManyOpenFiles => "too many open files to connect",
            Self::Other => "could not connect",
        })
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "timed out connecting",
            Self::FirstByte => "timed out waiting for the response",
            Self::Stall => "timed out without progress",
            Self::Attempt => "the attempt timed out",
            Self::Total => "the call timed out",
        })
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "the response head",
            Self::Body => "the response body",
            Self::Decoded => "the decoded response body",
            Self::Url => "the URL",
        })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode, header};

    use super::{TransportError, TransportErrorKind};
    use crate::error::sent::Sent;

    #[test]
    fn a_response_head_is_kept_and_its_fields_are_not_printed() {
        let headers =
            HeaderMap::from_iter([(header::SET_COOKIE, HeaderValue::from_static("canary"))]);
        let error = TransportError::new(TransportErrorKind::Protocol)
            .with_sent(Sent::Part)
            .with_head(StatusCode::UNAUTHORIZED, headers.clone());
        assert_eq!(
            (error.sent(), error.status()),
            (Sent::Whole, Some(StatusCode::UNAUTHORIZED))
        );
        assert_eq!(error.headers(), Some(&headers));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
