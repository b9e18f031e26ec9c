//! Why a transport brought no complete answer back.

use std::error::Error;
use std::fmt;

use http::{HeaderMap, StatusCode};

use crate::error::sent::Sent;

/// A boxed error of any kind, as the sources of our errors are held.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// What went wrong below HTTP semantics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was established, so no byte of the request was written. A TLS handshake that the peer dropped belongs here.
    Connect(ConnectFailure),
    /// A certificate or the handshake was refused. It is never tried again.
    Tls,
    /// One of the time limits passed.
    Timeout(Phase),
    /// The connection ended after a byte of the request was written.
    Interrupted,
    /// What came back was not the HTTP that it should have been.
    Protocol,
    /// Something exceeded its limit.
    TooLarge {
        /// What was too large.
        what: TooLarge,
        /// The limit, in bytes; for header fields their number.
        limit: u64,
    },
    /// The transport cannot work as it is set up, for example outside its runtime.
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
    /// The proxy did not let the connection through.
    Proxy,
    /// The proxy asks for credentials, or for others than it got (407).
    ProxyCredentials,
    /// The process or the system is out of file descriptors.
    TooManyOpenFiles,
    /// Anything else, for example an unreachable network or a handshake that the peer dropped.
    Other,
}

/// The part of a call whose time limit passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Connecting, with name resolution and TLS.
    Connect,
    /// Waiting for the first byte of the answer.
    FirstByte,
    /// No progress in the middle of the request or the answer.
    Stall,
    /// One attempt as a whole.
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
    /// The body of the response after its content encoding was undone.
    Decoded,
    /// The URL of the request.
    Url,
}

/// No complete answer came back, and how much of the request the server may have.
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
    /// Boxed, because few errors have them and every result holds the room.
    headers: Option<Box<HeaderMap>>,
    source: Option<BoxError>,
}

impl TransportError {
    /// An error of this kind. Only failures before the first byte of the request (`Connect`, `Tls`, `Config` and the
    /// connect timeout) say that nothing was sent; all others say that all of it was, until
    /// [`with_sent`](Self::with_sent) says something else.
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

    /// Says how much of the request the server may have: [`Sent::Nothing`] too where it has all of it and surely did not
    /// process it, for example because HTTP/2 refused the stream.
    #[must_use]
    pub fn with_sent(mut self, sent: Sent) -> Self {
        self.sent = sent;
        self
    }

    /// Keeps the status that had arrived before the answer broke off: a 201 whose body is cut was applied all the same.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.sent = Sent::Whole;
        self.status = Some(status);
        self
    }

    /// Keeps the head of the response whose body could not be read, or was not wanted: the status as
    /// [`with_status`](Self::with_status) does, and the header fields.
    ///
    /// The status of a response decides about the call whatever became of the body, and `Retry-After` says when it may be made
    /// again.
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

    /// Keeps the cause. Its text must not hold a secret, a query or a header value.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// How much of the request the server may have.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// The status that had arrived before the answer broke off.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns the header fields of the response, where all of them had arrived.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.headers.as_deref()
    }

    /// Takes the header fields out, so that no error of a call keeps them.
    pub(crate) fn take_headers(&mut self) -> Option<HeaderMap> {
        self.headers.take().map(|headers| *headers)
    }

    /// The same without its cause.
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

    /// The cause alone: what the error of a call keeps once it states the kind itself.
    pub(crate) fn into_source(self) -> Option<BoxError> {
        self.source
    }
}

/// Prints the number of header fields and none of them: a server may repeat a secret there.
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
            Self::Tls => f.write_str("the TLS handshake was refused"),
            Self::Timeout(phase) => phase.fmt(f),
            Self::Interrupted => f.write_str("the connection ended before the answer was complete"),
            Self::Protocol => f.write_str("the answer is not well-formed HTTP"),
            Self::TooLarge { what, limit } => write!(f, "{what} exceeds the limit of {limit}"),
            Self::Config => f.write_str("the transport cannot work as it is set up"),
        }
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "the host name did not resolve",
            Self::Refused => "the connection was refused",
            Self::Proxy => "the proxy did not let the connection through",
            Self::ProxyCredentials => "the proxy asks for other credentials",
            Self::TooManyOpenFiles => "no file descriptor was free for a connection",
            Self::Other => "no connection was established",
        })
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting took too long",
            Self::FirstByte => "no answer began in time",
            Self::Stall => "the exchange made no progress in time",
            Self::Attempt => "the attempt took too long",
            Self::Total => "the call took too long",
        })
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "the head of the response",
            Self::Body => "the body of the response",
            Self::Decoded => "the decoded body of the response",
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
    fn the_head_of_a_response_is_kept_and_its_fields_are_not_printed() {
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
