//! Transports over services that fail in every way.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future as _, Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full, StreamBody};
use tower_service::Service;

use crate::error::sent::Sent;
use crate::error::transport::{
    BoxError, ConnectFailure, TooLarge, TransportError, TransportErrorKind,
};
use crate::testing::{FakeResponse, FakeTransport, contract};
use crate::transport::send_tracker::SendTracker;
use crate::transport::tower::{FromService, FullBody, IntoService};
use crate::transport::transport::Transport as _;

type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, BoxError>;

/// Fails or responds as its functions say.
#[derive(Clone)]
struct Scripted {
    ready: fn() -> Result<(), BoxError>,
    respond: fn() -> Result<Response<Body>, BoxError>,
}

impl Service<Request<FullBody>> for Scripted {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Ready<Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready((self.ready)())
    }

    fn call(&mut self, _: Request<FullBody>) -> Self::Future {
        ready((self.respond)())
    }
}

/// A layer's error around another.
#[derive(Debug)]
struct Around(TransportError);

impl fmt::Display for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a layer failed")
    }
}

impl std::error::Error for Around {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn unprocessed() -> TransportError {
    TransportError::new(TransportErrorKind::Interrupted).with_sent(Sent::Nothing)
}

async fn failure(
    ready: fn() -> Result<(), BoxError>,
    respond: fn() -> Result<Response<Body>, BoxError>,
) -> (TransportErrorKind, Sent, Option<StatusCode>) {
    let transport = FromService::new(Scripted { ready, respond }).body_limit(4);
    let error = transport.send(Request::default()).await.unwrap_err();
    assert_eq!(error.headers().is_some(), error.status().is_some());
    (error.kind(), error.sent(), error.status())
}

fn created(body: Body) -> Result<Response<Body>, BoxError> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

#[tokio::test]
async fn an_error_of_a_layer_counts_as_sent_unless_it_was_not_ready() {
    let interrupted = TransportErrorKind::Interrupted;
    let not_ready = TransportErrorKind::Connect(ConnectFailure::Other);
    let yes = || Ok(());
    let never = || unreachable!("it is not ready");
    assert_eq!(
        failure(|| Err("busy".into()), never).await,
        (not_ready, Sent::Nothing, None)
    );
    assert_eq!(
        failure(yes, || Err("overload".into())).await,
        (interrupted, Sent::Whole, None)
    );
    let kept = (interrupted, Sent::Nothing, None);
    assert_eq!(failure(yes, || Err(unprocessed().into())).await, kept);
    assert_eq!(
        failure(yes, || Err(Around(unprocessed()).into())).await,
        kept
    );
}

/// A layer that is never ready, or a service that never responds.
#[derive(Clone)]
struct Stuck {
    is_ready: bool,
}

impl Service<Request<FullBody>> for Stuck {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = std::future::Pending<Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self.is_ready {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }

    fn call(&mut self, _: Request<FullBody>) -> Self::Future {
        std::future::pending()
    }
}

#[tokio::test]
async fn a_request_that_waits_for_a_layer_is_not_sent() {
    for (is_ready, sent) in [(false, Sent::Nothing), (true, Sent::Whole)] {
        let transport = FromService::new(Stuck { is_ready });
        let mut request: Request<Bytes> = Request::default();
        let tracker = SendTracker::default();
        request.extensions_mut().insert(tracker.clone());
        let mut sending = Box::pin(transport.send(request));
        let once = std::future::poll_fn(|cx| Poll::Ready(sending.as_mut().poll(cx).is_pending()));
        assert!(once.await);
        drop(sending);
        assert_eq!(tracker.cancel(), sent);
    }
}

#[tokio::test]
async fn a_canceled_request_does_not_reach_the_service() {
    let server = FakeTransport::script([]);
    let transport = FromService::new(IntoService::new(server.clone()));
    let mut request: Request<Bytes> = Request::default();
    let tracker = SendTracker::default();
    tracker.queued();
    assert_eq!(tracker.cancel(), Sent::Nothing);
    request.extensions_mut().insert(tracker);
    let error = transport.send(request).await.unwrap_err();
    assert_eq!(error.sent(), Sent::Nothing);
    assert!(server.into_requests().is_empty());
}

#[tokio::test]
async fn a_body_that_breaks_off_or_is_too_large_keeps_the_head() {
    let status = Some(StatusCode::CREATED);
    let too_large = TransportErrorKind::TooLarge {
        what: TooLarge::Body,
        limit: 4,
    };
    let announced = || {
        created(
            Full::from("12345")
                .map_err(|never| match never {})
                .boxed_unsync(),
        )
    };
    assert_eq!(
        failure(|| Ok(()), announced).await,
        (too_large, Sent::Whole, status)
    );
    let unannounced = || {
        let chunks = ["123", "45"].map(|text| Ok(http_body::Frame::data(Bytes::from(text))));
        created(StreamBody::new(Chunks(chunks.into_iter().collect())).boxed_unsync())
    };
    assert_eq!(
        failure(|| Ok(()), unannounced).await,
        (too_large, Sent::Whole, status)
    );
    let broken = || {
        let chunks = [
            Ok(http_body::Frame::data(Bytes::from("1"))),
            Err("cut".into()),
        ];
        created(StreamBody::new(Chunks(chunks.into_iter().collect())).boxed_unsync())
    };
    let interrupted = TransportErrorKind::Interrupted;
    assert_eq!(
        failure(|| Ok(()), broken).await,
        (interrupted, Sent::Whole, status)
    );
}

/// A body stream of the given frames.
struct Chunks(std::collections::VecDeque<Result<http_body::Frame<Bytes>, BoxError>>);

impl futures_core::Stream for Chunks {
    type Item = Result<http_body::Frame<Bytes>, BoxError>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

#[tokio::test]
async fn a_service_may_take_bodies_of_its_own() {
    #[derive(Clone)]
    struct TakesText;

    impl Service<Request<Own>> for TakesText {
        type Response = Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Own>) -> Self::Future {
            ready(Ok(Response::new(Full::new(request.into_body().0))))
        }
    }

    struct Own(Bytes);

    impl From<Bytes> for Own {
        fn from(bytes: Bytes) -> Self {
            Self(bytes)
        }
    }

    let transport = FromService::<_, Own>::with_body(TakesText);
    let echo = transport.send(Request::new("echo".into())).await.unwrap();
    assert_eq!(echo.body(), "echo");
}

#[tokio::test]
async fn a_broken_request_body_is_not_sent() {
    let fake = FakeTransport::script([]);
    let mut service = IntoService::new(fake.clone());
    let chunks = [Err("cut".into())].into_iter().collect();
    let request = Request::new(StreamBody::new(Chunks(chunks)));
    let error = service.call(request).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.sent()),
        (TransportErrorKind::Config, Sent::Nothing)
    );
    assert!(fake.into_requests().is_empty());
}

#[tokio::test]
async fn a_full_body_yields_one_frame_and_knows_its_length() {
    let mut body = FullBody::from(Bytes::from_static(b"{}"));
    assert_eq!(
        (body.size_hint().exact(), body.is_end_stream()),
        (Some(2), false)
    );
    let frame = body.frame().await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap(), "{}");
    assert_eq!(
        (body.size_hint().exact(), body.is_end_stream()),
        (Some(0), true)
    );
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn both_adapters_together_keep_the_contract() {
    contract::check_wrapper(|origin| FromService::new(IntoService::new(origin))).await;
    let server = FakeTransport::respond(|_| FakeResponse::status(404));
    let transport = FromService::new(IntoService::new(server));
    contract::check_server(transport, "https://api.example.com").await;
}
