//! One request and its response, from the connection to the last byte of the body.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{Request, Response, StatusCode, Version, response};

use crate::body::encoding::{AcceptEncoding, ContentDecoding};
use crate::body::framing::{check_coding, has_unambiguous_end, is_bodiless, list_size};
use crate::body::request::TrackedBody;
use crate::body::response::BodyReader;
use crate::connect::proxy::address::Proxy;
use crate::error;
use crate::io::raw_head::without_secret;
use crate::origin::Origin;
use crate::pool::connections::Acquired;
use crate::pool::in_use::InUse;
use crate::pool::keep_alive::KeepAlive;
use crate::pool::outgoing_request::OutgoingRequest;
use crate::pool::pooled_connection::{PooledConnection, SendError};
use crate::settings::Limits;
use crate::shared::Shared;
use gatelet_transport::{
    AddedSecret, BodyLimit, SendTracker, Sent, TransportError, TransportErrorKind,
};

/// The head of a response as it arrived, how its body was decoded, and that body.
type Received = (response::Parts, ContentDecoding, Bytes);

/// A request, and what must be known of it when the response arrives.
pub(crate) struct Exchange {
    origin: Origin,
    request: OutgoingRequest,
    accept_encoding: AcceptEncoding,
    /// The limit of the call that the request belongs to.
    body_limit: Option<BodyLimit>,
}

impl Exchange {
    pub(crate) fn new(request: Request<Bytes>) -> Result<Self, TransportError> {
        let origin = Origin::of(request.uri())?;
        Ok(Self {
            accept_encoding: AcceptEncoding::of(request.headers()),
            body_limit: BodyLimit::of(&request),
            request: OutgoingRequest::new(request, &origin)?,
            origin,
        })
    }

    /// Asks for a gzip response, unless the request has an `Accept-Encoding` of its own.
    #[cfg(feature = "gzip")]
    pub(crate) fn allow_gzip(mut self) -> Self {
        self.accept_encoding = self.accept_encoding.allow_gzip(self.request.headers_mut());
        self
    }

    /// Runs the exchange, unless the request is canceled.
    pub(crate) async fn run(
        mut self,
        shared: &Shared,
        tracker: &SendTracker,
        in_use: &InUse,
    ) -> Result<Response<Bytes>, TransportError> {
        // The semaphore is never closed.
        let _permit = shared.in_flight.acquire().await;
        loop {
            let acquired = shared.connections.acquire(&self.origin, &shared.settings);
            let Acquired {
                connection,
                is_fresh,
            } = acquired.await?;
            let proxy = self.forward_proxy(shared);
            let mut request = self.request.take_for(&connection, proxy);
            if connection.is_http2() && !request.body_mut().start(tracker) {
                return Err(canceled());
            }
            // Dropped after the pooled connection, also when the caller drops the call.
            #[cfg(feature = "_tls")]
            let mut notify = shared.connections.notify_on_drop(&self.origin);
            let pooled =
                PooledConnection::new(shared.connections.pool(), &self.origin, in_use, connection);
            let outcome = self.attempt(shared, pooled, request, tracker).await;
            #[cfg(feature = "_tls")]
            if is_fresh || outcome.is_ok() {
                notify.record(outcome.is_ok());
            }
            match outcome {
                Ok(response) => return Ok(response),
                Err(SendError::Final(error)) => return Err(error),
                // A pooled connection was stale. The request was not attempted, so try the next connection.
                Err(SendError::Returned(request, _)) if !is_fresh => {
                    self.request.put_back(*request);
                }
                Err(SendError::Returned(_, error)) => return Err(error),
            }
        }
    }

    /// Returns the proxy that forwards this request.
    fn forward_proxy<'a>(&self, shared: &'a Shared) -> Option<&'a Proxy> {
        shared.connections.connector().forward_proxy(&self.origin)
    }

    async fn attempt(
        &self,
        shared: &Shared,
        mut pooled: PooledConnection<'_>,
        request: Request<TrackedBody>,
        tracker: &SendTracker,
    ) -> Result<Response<Bytes>, SendError> {
        let is_http2 = request.version() == Version::HTTP_2;
        let received = self.receive(shared, &mut pooled, request, tracker).await;
        // These statuses count whatever becomes of the body.
        match status(&received) {
            // Over HTTP/1 the server timed out the idle connection (RFC 9110 section 15.5.9).
            Some(StatusCode::REQUEST_TIMEOUT) if !is_http2 => pooled.server_timed_out(),
            // These connections lead to the wrong server, so the next attempt must open a fresh one.
            Some(StatusCode::MISDIRECTED_REQUEST) => {
                pooled.discard();
                shared.connections.pool().clear(&self.origin);
            }
            _ => {}
        }
        let (mut head, decoding, bytes) = received.inspect_err(|failure| pooled.fail(failure))?;
        pooled.succeed();
        if head.version == Version::HTTP_2 {
            pooled.release(KeepAlive::default()).await;
        } else if has_unambiguous_end(head.status, &head.headers) {
            pooled.release(KeepAlive::of(&head.headers)).await;
        }
        if decoding.is_decoded() {
            head.headers.remove(CONTENT_ENCODING);
            head.headers.remove(CONTENT_LENGTH);
        }
        if let Some(authorization) = self.forward_proxy(shared).and_then(Proxy::authorization) {
            // The proxy may repeat its credentials, which only the transport knows.
            head.extensions
                .insert(AddedSecret::new(authorization.clone()));
        }
        Ok(Response::from_parts(head, bytes))
    }

    async fn receive(
        &self,
        shared: &Shared,
        pooled: &mut PooledConnection<'_>,
        request: Request<TrackedBody>,
        tracker: &SendTracker,
    ) -> Result<Received, SendError> {
        let method = request.method().clone();
        let response = pooled.send(&shared.settings, request, tracker).await;
        let response = response.map_err(|failure| self.check_proxy_status(shared, failure))?;
        let (head, body) = response.into_parts();
        if head.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && self.forward_proxy(shared).is_some()
        {
            return Err(error::proxy_wants_credentials().into());
        }
        let authorization = self.forward_proxy(shared).and_then(Proxy::authorization);
        let fields = || without_secret(&head.headers, authorization);
        let with_head = |error: TransportError| error.with_head(head.status, fields());
        let is_bodiless = is_bodiless(&method, head.status);
        self.check_head(&head, is_bodiless, &shared.settings.limits)
            .map_err(with_head)?;
        let decoding = self.accept_encoding.decoding(&head.headers);
        tracker.response_started(head.status, fields());
        let limit = BodyLimit::effective(self.body_limit, shared.settings.limits.body);
        let body = BodyReader::new(body, head.version, limit, &shared.settings);
        let bytes = body.collect(decoding, is_bodiless).await;
        tracker.clear_head();
        let bytes = bytes.map_err(with_head)?;
        Ok((head, decoding, bytes))
    }

    /// Converts the error of a response with an incomplete head if the proxy requires credentials.
    fn check_proxy_status(&self, shared: &Shared, failure: SendError) -> SendError {
        match failure {
            SendError::Final(error)
                if error.status() == Some(StatusCode::PROXY_AUTHENTICATION_REQUIRED)
                    && self.forward_proxy(shared).is_some() =>
            {
                error::proxy_wants_credentials().into()
            }
            other => other,
        }
    }

    fn check_head(
        &self,
        head: &response::Parts,
        is_bodiless: bool,
        limits: &Limits,
    ) -> Result<(), TransportError> {
        if head.status.is_informational() {
            return Err(error::protocol("the server switched protocols"));
        }
        if head.headers.len() > limits.head_fields {
            return Err(error::head_too_large(limits.head_fields));
        }
        if head.version == Version::HTTP_2 && list_size(&head.headers) > limits.head {
            return Err(error::head_too_large(limits.head));
        }
        if is_bodiless {
            return Ok(());
        }
        check_coding(&head.headers)
    }
}

/// Returns the status of the response, also if the rest could not be read.
fn status(received: &Result<Received, SendError>) -> Option<StatusCode> {
    match received {
        Ok((head, ..)) => Some(head.status),
        Err(SendError::Final(error)) => error.status(),
        Err(SendError::Returned(..)) => None,
    }
}

/// Returns the error for a canceled request, which no one awaits.
fn canceled() -> TransportError {
    TransportError::new(TransportErrorKind::Interrupted).with_sent(Sent::Nothing)
}
