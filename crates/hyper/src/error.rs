//! What went wrong, from the words of hyper, h2 and the operating system into ours.

use std::error::Error;
use std::io;

use http::{HeaderMap, StatusCode};

use crate::settings::Limits;
use gatelet_transport::{
    BoxError, ConnectFailure, Sent, TooLarge, TransportError, TransportErrorKind,
};

/// The exchange broke off with this error of hyper's.
pub(crate) fn from_hyper(error: hyper::Error, limits: &Limits) -> TransportError {
    let kind = if is_refused_certificate(&error) {
        TransportErrorKind::Tls
    } else if error.is_parse_too_large() {
        TransportErrorKind::TooLarge {
            what: TooLarge::Head,
            limit: limits.head as u64,
        }
    } else if error.is_parse() || is_malformed(&error) {
        TransportErrorKind::Protocol
    } else {
        TransportErrorKind::Interrupted
    };
    let unprocessed = is_unprocessed(&error);
    let failed = TransportError::new(kind);
    let failed = match go_away(&error) {
        Some(text) => failed.with_source(text),
        None => failed.with_source(error),
    };
    if unprocessed {
        failed.with_sent(Sent::Nothing)
    } else {
        failed
    }
}

/// Returns the error for a transport or request that cannot work as it is set up.
pub(crate) fn config(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Config).with_source(reason)
}

/// What came back breaks the rules of HTTP, or asks for something that nobody offered.
pub(crate) fn protocol(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Protocol).with_source(reason)
}

/// The head of an answer is beyond its limit, in bytes or in fields.
pub(crate) fn head_too_large(limit: usize) -> TransportError {
    TransportError::new(TransportErrorKind::TooLarge {
        what: TooLarge::Head,
        limit: limit as u64,
    })
}

/// Makes the error for a proxy that asks who we are (407) and passes nothing on.
pub(crate) fn proxy_wants_credentials() -> TransportError {
    refused_by_proxy(
        ConnectFailure::ProxyCredentials,
        StatusCode::PROXY_AUTHENTICATION_REQUIRED,
        HeaderMap::new(),
    )
}

/// Makes the error for a proxy that answered with this status and these fields in the server's place, which got nothing.
pub(crate) fn refused_by_proxy(
    failure: ConnectFailure,
    status: StatusCode,
    fields: HeaderMap,
) -> TransportError {
    TransportError::new(TransportErrorKind::Connect(failure))
        .with_head(status, fields)
        .with_sent(Sent::Nothing)
}

/// The same failure, of a connection that took so much of the request. If it took nothing, then for the caller no connection
/// came about.
pub(crate) fn with_sent_extent(sent: Sent, error: TransportError) -> TransportError {
    match (sent, error.kind()) {
        (Sent::Nothing, TransportErrorKind::Interrupted) => {
            TransportError::new(TransportErrorKind::Connect(ConnectFailure::Other))
                .with_source(error)
        }
        (sent, _) => error.with_sent(sent),
    }
}

/// The same failure, of a connection that took nothing.
pub(crate) fn nothing_sent(error: TransportError) -> TransportError {
    with_sent_extent(Sent::Nothing, error)
}

/// Chunks that are none, or frames of HTTP/2 that must not be where they are.
fn is_malformed(error: &hyper::Error) -> bool {
    #[cfg(feature = "_tls")]
    if let Some(error) = find::<h2::Error>(error) {
        let is_invalid = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
        return !error.is_remote() && error.get_io().is_none_or(is_invalid);
    }
    find::<io::Error>(error).is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
        )
    })
}

/// The peer refuses our certificate, or the lack of one. TLS 1.3 tells it only when the client believes the handshake to be
/// over; for the server it is not, so it has not looked at the request.
fn is_refused_certificate(error: &hyper::Error) -> bool {
    #[cfg(feature = "_tls")]
    {
        use rustls::AlertDescription::*;
        let alerts = [
            BadCertificate,
            UnsupportedCertificate,
            CertificateRevoked,
            CertificateExpired,
            CertificateUnknown,
            UnknownCA,
            AccessDenied,
            CertificateRequired,
            // What is wrong here is a signature in the handshake, says RFC 8446 section 6.2.
            DecryptError,
        ];
        let of_h2 = find::<h2::Error>(error).and_then(h2::Error::get_io);
        let cause = of_h2.or_else(|| find(error)).and_then(io::Error::get_ref);
        // h2 keeps the text of an error and not the error.
        cause.map(ToString::to_string).is_some_and(|text| {
            alerts
                .map(rustls::Error::AlertReceived)
                .iter()
                .any(|alert| alert.to_string() == text)
        })
    }
    #[cfg(not(feature = "_tls"))]
    {
        let _ = error;
        false
    }
}

/// HTTP/2 promises that a refused stream, and one above the last that a `GOAWAY` names, was not processed (RFC 9113 section
/// 8.7). h2 gives the `GOAWAY` to the streams above and to those that were never opened; the others go on.
fn is_unprocessed(error: &hyper::Error) -> bool {
    #[cfg(feature = "_tls")]
    if let Some(error) = find::<h2::Error>(error) {
        let is_refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
        return error.is_remote() && (is_refused || error.is_go_away());
    }
    let _ = error;
    false
}

/// What to say of a connection that the server ended with a `GOAWAY`: its code. What the server says beside it may be about
/// another client's request, and repeat a secret that this call does not know.
fn go_away(error: &hyper::Error) -> Option<String> {
    #[cfg(feature = "_tls")]
    if let Some(error) =
        find::<h2::Error>(error).filter(|error| error.is_go_away() && error.is_remote())
    {
        let code = error.reason()?;
        return Some(format!("the HTTP/2 connection was closed: {code}"));
    }
    let _ = error;
    None
}

fn find<E: Error + 'static>(error: &hyper::Error) -> Option<&E> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
