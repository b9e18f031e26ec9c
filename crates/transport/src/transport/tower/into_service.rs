//! A tower service over a transport.

use std::fmt;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use http_body_util::BodyExt as _;
use tower_service::Service;

use crate::error::transport::{BoxError, TransportError, TransportErrorKind};
use crate::future::boxed::BoxFuture;
use crate::transport::tower::full_body::FullBody;
use crate::transport::transport::{AnyTransport, Transport};

/// A tower service that sends requests over a transport; clones share it.
///
/// It is always ready. The request body is read to its end before anything is sent; a body that fails is a `Config`
/// error.
///
/// ```
/// use gatelet_transport::{FromService, IntoService, Transport};
///
/// /// Puts layers around a transport, and converts the result into a transport again.
/// fn layered(transport: impl Transport) -> impl Transport {
///     let service = IntoService::new(transport);
///     // … `tower::ServiceBuilder::new().layer(…).service(service)` …
///     FromService::new(service)
/// }
/// ```
#[derive(Clone)]
pub struct IntoService(AnyTransport);

impl IntoService {
    /// Creates a service over a transport.
    pub fn new(transport: impl Transport) -> Self {
        Self(AnyTransport::new(transport))
    }
}

impl<B> Service<Request<B>> for IntoService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<FullBody>;
    type Error = TransportError;
    type Future = BoxFuture<'static, Result<Self::Response, TransportError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let transport = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(|error| {
                TransportError::new(TransportErrorKind::Config).with_source(error)
            })?;
            let request = Request::from_parts(head, body.to_bytes());
            Ok(transport.send(request).await?.map(FullBody::from))
        })
    }
}

impl fmt::Debug for IntoService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IntoService")
    }
}
