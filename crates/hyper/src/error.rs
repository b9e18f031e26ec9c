//! Conversion of errors of hyper, h2 and the operating system.

use std::error::Error;
use std::io;

use http::{HeaderMap, StatusCode};

use crate::settings::Limits;
use gatelet_transport::{
    BoxError, ConnectFailure, Sent, TooLarge, TransportError, TransportErrorKind,
};

/// Converts an error of hyper that ended an exchange.
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
    let converted = TransportError::new(kind);
    let converted = match go_away(&error) {
        Some(text) => converted.with_source(text),
        None => converted.with_source(error),
    };
    if unprocessed {
        converted.with_sent(Sent::Nothing)
    } else {
        converted
    }
}

/// Returns the error for a transport or request that cannot work as it is set up.
pub(crate) fn config(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Config).with_source(reason)
}

/// Returns the error for a response that breaks the rules of HTTP or uses something that was not offered.
pub(crate) fn protocol(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Protocol).with_source(reason)
}

/// Returns the error for a response head above its limit, in bytes or fields.
pub(crate) fn head_too_large(limit: usize) -> TransportError {
    TransportError::new(TransportErrorKind::TooLarge {
        what: TooLarge::Head,
        limit: limit as u64,
    })
}

/// Returns the error for a proxy that requires credentials (407) and forwarded nothing.
pub(crate) fn proxy_wants_credentials() -> TransportError {
    refused_by_proxy(
        ConnectFailure::ProxyCredentials,
        StatusCode::PROXY_AUTHENTICATION_REQUIRED,
        HeaderMap::new(),
    )
}

/// Returns the error for a proxy that responded itself; the server received nothing.
pub(crate) fn refused_by_proxy(
    failure: ConnectFailure,
    status: StatusCode,
    fields: HeaderMap,
) -> TransportError {
    TransportError::new(TransportErrorKind::Connect(failure))
        .with_head(status, fields)
        .with_sent(Sent::Nothing)
}

/// Adds how much of the request was sent. An interrupted exchange that sent nothing is a failure to connect.
pub(crate) fn with_sent_extent(sent: Sent, error: TransportError) -> TransportError {
    match (sent, error.kind()) {
        (Sent::Nothing, TransportErrorKind::Interrupted) => {
            TransportError::new(TransportErrorKind::Connect(ConnectFailure::Other))
                .with_source(error)
        }
        (sent, _) => error.with_sent(sent),
    }
}

/// Adds that nothing was sent.
pub(crate) fn nothing_sent(error: TransportError) -> TransportError {
    with_sent_extent(Sent::Nothing, error)
}

/// Returns whether the peer sent an invalid chunk or an HTTP/2 frame that is not allowed.
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

/// Returns whether the peer refused our certificate or its absence. In TLS 1.3 the client learns this after its side of the
/// handshake, but the server has not read the request yet.
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
            // An invalid signature in the handshake (RFC 8446 section 6.2).
            DecryptError,
        ];
        let of_h2 = find::<h2::Error>(error).and_then(h2::Error::get_io);
        let cause = of_h2.or_else(|| find(error)).and_then(io::Error::get_ref);
        // h2 keeps the text of an error only.
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

/// Returns whether the peer guarantees that it did not process the request: HTTP/2 does for a refused stream and for one above
/// the last stream of a `GOAWAY` (RFC 9113 section 8.7). h2 fails those streams and the unopened ones with the `GOAWAY`; the
/// others continue.
fn is_unprocessed(error: &hyper::Error) -> bool {
    #[cfg(feature = "_tls")]
    if let Some(error) = find::<h2::Error>(error) {
        let is_refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
        return error.is_remote() && (is_refused || error.is_go_away());
    }
    let _ = error;
    false
}

/// Describes a `GOAWAY` of the server by its code. Its debug data may repeat a secret of another request, which this call cannot
/// redact.
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
