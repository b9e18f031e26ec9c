//! A transport over a tower service.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower_service::Service;

use crate::error::transport::{
    BoxError, ConnectFailure, TooLarge, TransportError, TransportErrorKind,
};
use crate::transport::send_tracker::SendTracker;
use crate::transport::tower::full_body::FullBody;
use crate::transport::transport::Transport;
use crate::wire::body_limit::BodyLimit;

/// A transport that sends requests with a tower service, for example tower layers around
/// [`IntoService`](crate::IntoService).
///
/// Each request uses a clone of the service, so clones must share their common state, as tower's own layers do. The
/// service must itself satisfy the contract of a transport: it must neither follow redirects nor retry.
///
/// An error that is or was caused by a [`TransportError`] is passed on. Any other becomes `Connect` if the service was
/// not ready, so that nothing was sent, and `Interrupted` otherwise.
///
/// An attempt that times out before the service is ready counts as not sent.
///
/// `B` is the service's request body.
///
/// ```
/// use gatelet_transport::testing::{FakeResponse, FakeTransport};
/// use gatelet_transport::{FromService, IntoService};
///
/// let server = FakeTransport::respond(|_| FakeResponse::status(204));
/// let transport = FromService::new(IntoService::new(server)).body_limit(1024 * 1024);
/// # let _ = transport;
/// ```
pub struct FromService<S, B = FullBody> {
    /// Locked, because many services are not `Sync`.
    service: Mutex<S>,
    body_limit: Option<BodyLimit>,
    body: PhantomData<fn() -> B>,
}

impl<S> FromService<S> {
    /// Creates a transport that sends bodies as [`FullBody`]; see [`with_body`](Self::with_body) for services with
    /// another body type.
    pub fn new(service: S) -> Self {
        Self::with_body(service)
    }
}

impl<S, B> FromService<S, B> {
    /// Creates a transport that sends bodies of the service's own type, converted from the bytes.
    pub fn with_body(service: S) -> Self {
        Self {
            service: Mutex::new(service),
            body_limit: None,
            body: PhantomData,
        }
    }

    /// Sets the limit of a response body, in bytes.
    ///
    /// Calls have a [limit](crate::ChannelBuilder::body_limit) too; the smaller one counts.
    #[must_use]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = Some(BodyLimit::new(bytes));
        self
    }
}

impl<S, B, R> Transport for FromService<S, B>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: From<Bytes> + Send + 'static,
    R: Body + Send,
    R::Data: Send,
    R::Error: Into<BoxError>,
{
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut service = {
            let service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
            service.clone()
        };
        // A layer may delay it, for example for the permit of a limit.
        let tracker = SendTracker::of(&request);
        let limit = BodyLimit::effective(BodyLimit::of(&request), self.body_limit);
        tracker.queued();
        let not_ready = TransportErrorKind::Connect(ConnectFailure::Other);
        poll_fn(|context| service.poll_ready(context))
            .await
            .map_err(|error| fault(not_ready, error.into()))?;
        if !tracker.hand_over() {
            return Err(TransportError::new(not_ready).with_source("the request was canceled"));
        }
        let response = service
            .call(request.map(B::from))
            .await
            .map_err(|error| fault(TransportErrorKind::Interrupted, error.into()))?;
        let (head, body) = response.into_parts();
        tracker.response_started(head.status, head.headers.clone());
        let bytes = collect(body, limit.bytes()).await;
        tracker.clear_head();
        let bytes = bytes.map_err(|error| error.with_head(head.status, head.headers.clone()))?;
        Ok(Response::from_parts(head, bytes))
    }
}

async fn collect<R>(body: R, limit: u64) -> Result<Bytes, TransportError>
where
    R: Body,
    R::Error: Into<BoxError>,
{
    let too_large = || {
        TransportError::new(TransportErrorKind::TooLarge {
            what: TooLarge::Body,
            limit,
        })
    };
    if body.size_hint().lower() > limit {
        return Err(too_large());
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(error) => Err(fault(TransportErrorKind::Interrupted, error)),
    }
}

/// Returns the error of the transport below the layers, if it is among the sources.
fn fault(otherwise: TransportErrorKind, error: BoxError) -> TransportError {
    let error = match error.downcast::<TransportError>() {
        Ok(error) => return *error,
        Err(error) => error,
    };
    let mut cause = error.source();
    while let Some(deeper) = cause {
        if let Some(error_beneath) = deeper.downcast_ref::<TransportError>() {
            return error_beneath.copy().with_source(error);
        }
        cause = deeper.source();
    }
    TransportError::new(otherwise).with_source(error)
}

impl<S: Clone, B> Clone for FromService<S, B> {
    fn clone(&self) -> Self {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
        Self {
            service: Mutex::new(service.clone()),
            body_limit: self.body_limit,
            body: PhantomData,
        }
    }
}

impl<S, B> fmt::Debug for FromService<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromService")
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
