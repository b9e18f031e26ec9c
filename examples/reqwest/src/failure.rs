//! What a failure of reqwest means for the request.

use std::error::Error;
use std::io;
use std::iter::successors;

use gatelet_transport::{ConnectFailure, Phase, TransportError, TransportErrorKind};

/// `waiting` is what a time limit that passed was for. In doubt, a failure may have come after the request was sent: that is
/// what all kinds say but `Connect`, `Tls` and the connect timeout, before which no byte of it was written.
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

/// What cannot be set up, or cannot be said to reqwest at all.
pub(crate) fn config(error: reqwest::Error) -> TransportError {
    with(TransportErrorKind::Config, error)
}

/// reqwest shows the URL of a request, and with it the query, unless it is told not to.
fn with(kind: TransportErrorKind, error: reqwest::Error) -> TransportError {
    TransportError::new(kind).with_source(error.without_url())
}

/// An error and all beneath it. `source()` alone goes past what an `io::Error` was made of.
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
