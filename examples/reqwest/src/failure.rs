//! Errors of reqwest as transport errors.

use std::error::Error;
use std::io;
use std::iter::successors;

use gatelet_transport::{ConnectFailure, Phase, TransportError, TransportErrorKind};

/// Classifies an error; `waiting` is the phase of a timeout. All kinds but `Connect`, `Tls` and the connect timeout mean that
/// the request may have been sent.
pub(crate) fn failure(error: reqwest::Error, waiting: Phase) -> TransportError {
    use TransportErrorKind::{Connect, Interrupted, Timeout, Tls};
    let is_refused = |cause: &(dyn Error + 'static)| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => Timeout(Phase::Connect),
        (true, false) if causes(&error).any(|cause| cause.is::<rustls::Error>()) => Tls,
        (true, false) if error.is_dns() => Connect(ConnectFailure::Dns),
        (true, false) if causes(&error).any(is_refused) => Connect(ConnectFailure::Refused),
        (true, false) => Connect(ConnectFailure::Other),
        (false, true) => Timeout(waiting),
        (false, false) => Interrupted,
    };
    with(kind, error)
}

/// Creates an error about the configuration, or about a request that reqwest cannot represent.
pub(crate) fn config(error: reqwest::Error) -> TransportError {
    with(TransportErrorKind::Config, error)
}

/// Removes the URL, and with it the query, which errors of reqwest contain by default.
fn with(kind: TransportErrorKind, error: reqwest::Error) -> TransportError {
    TransportError::new(kind).with_source(error.without_url())
}

/// Iterates over an error and all its causes. `source()` alone skips the error inside an `io::Error`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match inner {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}
