//! The trait of everything that carries requests.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::error::transport::TransportError;
use crate::future::boxed::BoxFuture;

/// Sends one HTTP request and returns the complete response.
///
/// HTTP stacks, recordings, fakes and emulators are all transports. The contract:
///
/// - every HTTP status is `Ok`, 4xx and 5xx too;
/// - no redirect is followed, nothing is retried, no credential and no cookie is added;
/// - the body is complete, or the response is an error;
/// - a body above the transport's own limit is an error;
/// - dropping the future cancels the request.
///
/// The channel enforces the timeouts of attempts and calls for every transport.
///
/// `testing::contract` (feature `testing`) checks an implementation against this.
///
/// ```
/// use bytes::Bytes;
/// use gatelet_transport::{Transport, TransportError};
///
/// struct Teapot;
///
/// impl Transport for Teapot {
///     async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
///         let mut response = http::Response::new(Bytes::new());
///         *response.status_mut() = http::StatusCode::IM_A_TEAPOT;
///         Ok(response)
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends one request, whose URI is absolute, and returns the complete response.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] if no complete response was received. Only the implementation knows its `sent()`; if in
    /// doubt, it is [`Sent::Whole`](crate::Sent::Whole).
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send;
}

/// The object-safe form of [`Transport`].
trait DynTransport: Send + Sync {
    fn send_boxed(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

impl<T: Transport> DynTransport for T {
    fn send_boxed(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.send(request))
    }
}

/// A type-erased transport, so that clients need no type parameter; clones share it.
///
/// ```
/// use gatelet_transport::{AnyTransport, Transport, TransportError, TransportErrorKind};
///
/// let closed = AnyTransport::new(gatelet_transport::from_fn(async |_| {
///     Err(TransportError::new(TransportErrorKind::Interrupted))
/// }));
/// # let _ = closed;
/// ```
#[derive(Clone)]
pub struct AnyTransport(Arc<dyn DynTransport>);

impl AnyTransport {
    /// Wraps a transport.
    pub fn new(transport: impl Transport) -> Self {
        Self(Arc::new(transport))
    }

    pub(crate) fn send_boxed(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        self.0.send_boxed(request)
    }
}

impl Transport for AnyTransport {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send {
        self.send_boxed(request)
    }
}

impl fmt::Debug for AnyTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyTransport")
    }
}

impl<T: Transport> Transport for Arc<T> {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send {
        self.as_ref().send(request)
    }
}

/// Creates a transport from an async function.
///
/// ```
/// use bytes::Bytes;
///
/// let empty = gatelet_transport::from_fn(async |_| Ok(http::Response::new(Bytes::new())));
/// # let _ = gatelet_transport::AnyTransport::new(empty);
/// ```
pub fn from_fn<F, Fut>(function: F) -> FromFn<F>
where
    F: Fn(Request<Bytes>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<Bytes>, TransportError>> + Send,
{
    FromFn(function)
}

/// The transport returned by [`from_fn`].
#[derive(Clone)]
pub struct FromFn<F>(F);

impl<F, Fut> Transport for FromFn<F>
where
    F: Fn(Request<Bytes>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<Bytes>, TransportError>> + Send,
{
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send {
        (self.0)(request)
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFn")
    }
}
