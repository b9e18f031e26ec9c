//! One request and its answer, from the pool to the last byte of the body.

use bytes::Bytes;
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, Version, response};

use crate::body::encoding::{Asked, Reading};
use crate::body::framing::{check_coding, ends_beyond_doubt, is_bodiless, list_size};
use crate::body::request::Payload;
use crate::body::response::collect;
use crate::connect::proxy::proxy::Proxy;
use crate::error;
use crate::io::status_tap;
use crate::origin::Origin;
use crate::pool::checkout::{Failure, Lease};
use crate::pool::connection::Connection;
use crate::pool::in_use::InUse;
use crate::pool::keep_alive::KeepAlive;
#[cfg(feature = "_tls")]
use crate::pool::single_flight::{Flight, Turn};
use crate::settings::Limits;
use crate::shared::Shared;
use gatelet_transport::{
    AddedSecret, Phase, SendTracker, Sent, TransportError, TransportErrorKind,
};

/// The head of a response as it came, how its body was read, and that body.
type FakeResponse = (response::Parts, Reading, Bytes);

/// What is sent, and what must be known of it when the answer comes.
pub(crate) struct Exchange {
    origin: Origin,
    host: HeaderValue,
    uri: Uri,
    request: Request<Payload>,
    asked: Asked,
}

impl Exchange {
    pub(crate) fn new(request: Request<Bytes>) -> Result<Self, TransportError> {
        let origin = Origin::of(request.uri())?;
        if request.method() == Method::CONNECT {
            return Err(TransportError::new(TransportErrorKind::Config)
                .with_source("a request with the method CONNECT is not supported"));
        }
        let mut request = request.map(Payload::whole);
        let headers = request.headers_mut();
        // Where the message ends is for the transport alone to say.
        headers.remove(CONTENT_LENGTH);
        headers.remove(TRANSFER_ENCODING);
        // What a proxy is told of us is not for the server, at whose end of a tunnel it would arrive.
        headers.remove(PROXY_AUTHORIZATION);
        Ok(Self {
            host: origin.host_field()?,
            uri: request.uri().clone(),
            asked: Asked::by(request.headers()),
            origin,
            request,
        })
    }

    /// The same exchange, with an answer in gzip if the server likes.
    #[cfg(feature = "gzip")]
    pub(crate) fn or_gzip(mut self) -> Self {
        self.asked = self.asked.or_gzip(self.request.headers_mut());
        self
    }

    /// Runs the exchange, for as long as the request is not recalled.
    pub(crate) async fn run(
        mut self,
        shared: &Shared,
        tracker: &SendTracker,
        in_use: &InUse,
    ) -> Result<Response<Bytes>, TransportError> {
        // The semaphore is never closed.
        let _lane = shared.lanes.acquire().await;
        loop {
            let (connection, is_fresh) = self.connection(shared).await?;
            let mut request = self.request_for(&connection, self.relay(shared));
            if connection.is_http2() && !request.body_mut().depart(tracker) {
                return Err(recalled());
            }
            // Dropped behind the lease, whatever becomes of the attempt: also where the caller goes away.
            #[cfg(feature = "_tls")]
            let mut room = shared.flights.room_later(&self.origin);
            let lease = Lease::new(&shared.pool, &self.origin, in_use, connection);
            let outcome = self.attempt(shared, lease, request, tracker).await;
            #[cfg(feature = "_tls")]
            if is_fresh || outcome.is_ok() {
                room.is_of_use(outcome.is_ok());
            }
            match outcome {
                Ok(response) => return Ok(response),
                Err(Failure::Final(error)) => return Err(error),
                // A pooled connection was stale: that is no attempt at the request, so the next one is taken.
                Err(Failure::Returned(request, _)) if !is_fresh => self.request = *request,
                Err(Failure::Returned(_, error)) => return Err(error),
            }
        }
    }

    /// A connection and whether it is fresh, within the connect timeout.
    async fn connection(&self, shared: &Shared) -> Result<(Connection, bool), TransportError> {
        if let Some(connection) = shared.pool.take(&self.origin).await {
            return Ok((connection, false));
        }
        #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
        tokio::time::timeout(shared.timeouts.connect, self.open_or_share(shared))
            .await
            .unwrap_or_else(|_| {
                let timeout = TransportErrorKind::Timeout(Phase::Connect);
                Err(TransportError::new(timeout))
            })
    }

    #[cfg(not(feature = "_tls"))]
    async fn open_or_share(&self, shared: &Shared) -> Result<(Connection, bool), TransportError> {
        let connection = Connection::open(shared, &self.origin).await?;
        Ok((connection, true))
    }

    /// Opens a connection, or waits for one that another request opens and shares.
    #[cfg(feature = "_tls")]
    async fn open_or_share(&self, shared: &Shared) -> Result<(Connection, bool), TransportError> {
        if !self.origin.is_https() || !shared.pool.keeps_any() {
            let connection = Connection::open(shared, &self.origin).await?;
            return Ok((connection, true));
        }
        loop {
            let mut changes = shared.flights.changes(&self.origin);
            if let Some(connection) = shared.pool.take(&self.origin).await {
                return Ok((connection, false));
            }
            match shared.flights.turn(&self.origin) {
                Turn::Open(flight) => {
                    // The one before may just have come to its end.
                    if let Some(connection) = shared.pool.take(&self.origin).await {
                        return Ok((connection, false));
                    }
                    return Ok((self.open(shared, flight).await?, true));
                }
                Turn::Wait(_waiting, until) => {
                    let change = tokio::time::timeout_at(until, changes.changed());
                    // Whatever it was, the pool is looked into again.
                    let _ = change.await;
                }
            }
        }
    }

    #[cfg(feature = "_tls")]
    async fn open(&self, shared: &Shared, flight: Flight) -> Result<Connection, TransportError> {
        match Connection::open(shared, &self.origin).await {
            Ok(connection) => {
                if let Some(shared_connection) = connection.share() {
                    let origin = self.origin.clone();
                    shared.pool.put(origin, shared_connection, None);
                }
                connection.ends(flight);
                Ok(connection)
            }
            Err(error) => {
                flight.failed();
                Err(error)
            }
        }
    }

    /// The proxy that passes this very request on; in a tunnel it would not see it.
    fn relay<'a>(&self, shared: &'a Shared) -> Option<&'a Proxy> {
        let proxy = shared.proxies.on_the_way_to(&self.origin);
        proxy.filter(|_| !self.origin.is_https())
    }

    /// Takes the request in the form that the protocol of the connection and a relay wants.
    pub(crate) fn request_for(
        &mut self,
        connection: &Connection,
        relay: Option<&Proxy>,
    ) -> Request<Payload> {
        let nothing = Request::new(Payload::whole(Bytes::new()));
        let mut request = std::mem::replace(&mut self.request, nothing);
        if connection.is_http2() {
            *request.version_mut() = Version::HTTP_2;
            *request.uri_mut() = self.uri.clone();
            request.headers_mut().remove(HOST);
        } else {
            *request.version_mut() = Version::HTTP_11;
            *request.uri_mut() = match relay {
                Some(_) => self.uri.clone(),
                None => origin_form(&self.uri),
            };
            request.headers_mut().insert(HOST, self.host.clone());
            if let Some(authorization) = relay.and_then(Proxy::authorization) {
                let headers = request.headers_mut();
                headers.insert(PROXY_AUTHORIZATION, authorization.clone());
            }
        }
        request
    }

    async fn attempt(
        &self,
        shared: &Shared,
        mut lease: Lease<'_>,
        request: Request<Payload>,
        tracker: &SendTracker,
    ) -> Result<Response<Bytes>, Failure> {
        let is_http2 = request.version() == Version::HTTP_2;
        let answer = self.answer(shared, &mut lease, request, tracker).await;
        // These say the same whatever became of the body.
        match status(&answer) {
            // Over HTTP/1 it is the connection that took too long, idle as it was (RFC 9110 section 15.5.9).
            Some(StatusCode::REQUEST_TIMEOUT) if !is_http2 => lease.server_gave_up(),
            // The server is not to be found where these lead; another attempt shall have a fresh one.
            Some(StatusCode::MISDIRECTED_REQUEST) => {
                lease.forget();
                shared.pool.clear(&self.origin);
            }
            _ => {}
        }
        let (mut head, reading, bytes) = answer.inspect_err(|failure| lease.fail(failure))?;
        lease.succeed();
        if head.version == Version::HTTP_2 {
            lease.give_back(KeepAlive::default()).await;
        } else if ends_beyond_doubt(head.status, &head.headers) {
            lease.give_back(KeepAlive::of(&head.headers)).await;
        }
        if reading.is_undone() {
            head.headers.remove(CONTENT_ENCODING);
            head.headers.remove(CONTENT_LENGTH);
        }
        if let Some(authorization) = self.relay(shared).and_then(Proxy::authorization) {
            // The proxy may repeat it, and only here it is known.
            head.extensions
                .insert(AddedSecret::new(authorization.clone()));
        }
        Ok(Response::from_parts(head, bytes))
    }

    async fn answer(
        &self,
        shared: &Shared,
        lease: &mut Lease<'_>,
        request: Request<Payload>,
        tracker: &SendTracker,
    ) -> Result<FakeResponse, Failure> {
        let method = request.method().clone();
        let response = lease.first_byte(shared, request, tracker).await;
        let response = response.map_err(|failure| self.of_proxy(shared, failure))?;
        let (head, body) = response.into_parts();
        if head.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED && self.relay(shared).is_some()
        {
            return Err(error::proxy_wants_credentials().into());
        }
        let authorization = self.relay(shared).and_then(Proxy::authorization);
        let kept = || status_tap::without_secret(&head.headers, authorization);
        let with_head = |error: TransportError| error.with_head(head.status, kept());
        let is_bodiless = is_bodiless(&method, head.status);
        self.check(&head, is_bodiless, &shared.limits)
            .map_err(with_head)?;
        let reading = self.asked.reading(&head.headers);
        tracker.response_started(head.status, kept());
        let bytes = collect(body, head.version, reading, is_bodiless, shared).await;
        tracker.clear_head();
        let bytes = bytes.map_err(with_head)?;
        Ok((head, reading, bytes))
    }

    /// The failure of a response whose head broke off, when it was the proxy's own demand for credentials.
    fn of_proxy(&self, shared: &Shared, failure: Failure) -> Failure {
        match failure {
            Failure::Final(error)
                if error.status() == Some(StatusCode::PROXY_AUTHENTICATION_REQUIRED)
                    && self.relay(shared).is_some() =>
            {
                error::proxy_wants_credentials().into()
            }
            other => other,
        }
    }

    fn check(
        &self,
        head: &response::Parts,
        is_bodiless: bool,
        limits: &Limits,
    ) -> Result<(), TransportError> {
        if head.status.is_informational() {
            return Err(error::protocol("the server switches protocols"));
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

/// The status that came back, also with a response that could not be read.
fn status(answer: &Result<FakeResponse, Failure>) -> Option<StatusCode> {
    match answer {
        Ok((head, ..)) => Some(head.status),
        Err(Failure::Final(error)) => error.status(),
        Err(Failure::Returned(..)) => None,
    }
}

/// Nobody waits any more for what this says.
fn recalled() -> TransportError {
    TransportError::new(TransportErrorKind::Interrupted).with_sent(Sent::Nothing)
}

/// The path and query alone.
fn origin_form(uri: &Uri) -> Uri {
    uri.path_and_query()
        .cloned()
        .map_or_else(|| Uri::from_static("/"), Uri::from)
}
