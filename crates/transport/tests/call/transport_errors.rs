//! Calls without a complete response.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    AnyTransport, Applied, ConnectFailure, ErrorKind, Phase, Sent, TooLarge, Transport,
    TransportError, TransportErrorKind,
};
use http::{Method, Request, Response, StatusCode};

use crate::{ALL, IDEMPOTENT, builder, call, channel, fail, run, times};

const REFUSED: TransportErrorKind = TransportErrorKind::Connect(ConnectFailure::Refused);

fn lost() -> FakeResponse {
    FakeResponse::error(TransportErrorKind::Interrupted)
}

// T1
#[tokio::test]
async fn a_refused_connection_is_retried_for_every_method() {
    for method in ALL {
        let (error, requests) = fail(call(method), times(3, || FakeResponse::error(REFUSED))).await;
        assert_eq!(requests, 3);
        assert_eq!(error.kind(), &ErrorKind::Connect(ConnectFailure::Refused));
        assert_eq!((error.attempts(), error.applied()), (3, Applied::No));
        assert!(error.is_retryable());
        assert_eq!(
            error.to_string(),
            "test Operation: connection refused: https://api.example.com (3 attempts, nothing was applied)"
        );
    }
}

// T2
#[tokio::test]
async fn an_unresolved_host_is_retried_and_reported_without_the_query() {
    let unknown = TransportErrorKind::Connect(ConnectFailure::Dns);
    let (error, requests) = fail(
        call(Method::POST),
        times(3, || FakeResponse::error(unknown)),
    )
    .await;
    assert_eq!((requests, error.applied()), (3, Applied::No));
    assert_eq!(
        error.to_string(),
        "test Operation: could not resolve the host name: https://api.example.com (3 attempts, nothing was applied)"
    );
}

// T5
#[tokio::test]
async fn a_refused_certificate_is_not_retried() {
    for method in ALL {
        let (error, requests) =
            fail(call(method), [FakeResponse::error(TransportErrorKind::Tls)]).await;
        assert_eq!((error.kind(), requests), (&ErrorKind::Tls, 1));
        assert_eq!(error.applied(), Applied::No);
        assert!(!error.is_retryable());
    }
}

// T8
#[tokio::test]
async fn an_interrupted_call_is_repeated_only_when_it_is_idempotent() {
    for method in IDEMPOTENT {
        let is_read = method == Method::GET;
        let (error, requests) = fail(call(method), times(3, lost)).await;
        assert_eq!((error.kind(), requests), (&ErrorKind::Interrupted, 3));
        assert_eq!(
            error.applied(),
            if is_read {
                Applied::No
            } else {
                Applied::Unknown
            }
        );
    }
    let (error, requests) = fail(call(Method::POST), [lost()]).await;
    assert_eq!((error.kind(), requests), (&ErrorKind::Interrupted, 1));
    assert_eq!(error.applied(), Applied::Unknown);
    assert!(!error.is_retryable());
    assert!(
        error
            .to_string()
            .ends_with("(1 attempt, it may have been applied)")
    );
}

// T9
#[tokio::test]
async fn an_update_whose_response_was_lost_is_repeated() {
    let (result, requests) = run(call(Method::PUT), [lost(), FakeResponse::status(204)]).await;
    assert_eq!((result.unwrap().attempts(), requests), (2, 2));
}

// T10
#[tokio::test]
async fn an_earlier_attempt_that_may_have_been_applied_counts() {
    let conflict = FakeResponse::json(409, r#"{"code":"c","message":"m"}"#);
    let (error, _) = fail(call(Method::PUT), [lost(), conflict]).await;
    assert!(error.is_conflict());
    assert_eq!(error.applied(), Applied::Unknown);
}

// T11
#[tokio::test]
async fn a_truncated_body_is_fetched_again_and_a_create_counts_as_applied() {
    let cut = |status| {
        FakeResponse::from(TransportError::new(TransportErrorKind::Interrupted).with_status(status))
    };
    let (result, _) = run(
        call(Method::GET),
        [cut(StatusCode::OK), FakeResponse::json(200, "{}")],
    )
    .await;
    assert_eq!(result.unwrap().body(), "{}");
    let (error, _) = fail(call(Method::GET), times(3, || cut(StatusCode::OK))).await;
    assert_eq!(
        (error.kind(), error.applied()),
        (&ErrorKind::Interrupted, Applied::No)
    );
    let (error, requests) = fail(call(Method::POST), [cut(StatusCode::CREATED)]).await;
    assert_eq!((requests, error.applied()), (1, Applied::Yes));
    let (error, _) = fail(call(Method::POST), [cut(StatusCode::BAD_REQUEST)]).await;
    assert_eq!(error.applied(), Applied::No);
}

// T20
#[tokio::test]
async fn a_body_over_the_limit_is_refused_whatever_the_transport_lets_through() {
    let fake = FakeTransport::script([
        FakeResponse::json(200, vec![b' '; 101]),
        FakeResponse::json(200, vec![b' '; 100]),
    ]);
    let channel = builder()
        .body_limit(100)
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    let limit = ErrorKind::TooLarge {
        what: TooLarge::Body,
        limit: 100,
    };
    assert_eq!(error.kind(), &limit);
    channel.call(call(Method::GET)).await.unwrap();
    assert_eq!(fake.into_requests().len(), 2);
}

// T24
#[tokio::test]
async fn a_silent_server_ends_an_attempt_in_time() {
    let attempt = ErrorKind::Timeout(Phase::Attempt);
    let (result, _) = run(
        call(Method::GET),
        [FakeResponse::hang(), FakeResponse::json(200, "{}")],
    )
    .await;
    result.unwrap();
    let (error, requests) = fail(call(Method::POST), [FakeResponse::hang()]).await;
    assert_eq!((error.kind(), requests), (&attempt, 1));
    assert_eq!(error.applied(), Applied::Unknown);
    assert_eq!(error.elapsed().as_secs(), 30);
}

// T38
#[tokio::test]
async fn a_misdirected_request_is_sent_once_more() {
    for method in ALL {
        let success = call(method.clone()).success;
        let good = FakeResponse::json(success, "{}");
        let (result, _) = run(call(method.clone()), [FakeResponse::status(421), good]).await;
        assert_eq!(result.unwrap().attempts(), 2);
        let (error, requests) = fail(call(method), times(2, || FakeResponse::status(421))).await;
        assert_eq!((error.kind(), requests), (&ErrorKind::Api, 2));
        assert_eq!(error.applied(), Applied::No);
    }
}

// T48
#[tokio::test]
async fn a_dropped_call_drops_its_request() {
    struct Dropped(Arc<AtomicBool>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicBool::new(false));
    let flag = dropped.clone();
    let transport = gatelet_transport::from_fn(move |_: Request<Bytes>| {
        let guard = Dropped(flag.clone());
        async move {
            let _guard = guard;
            std::future::pending::<Result<Response<Bytes>, TransportError>>().await
        }
    });
    let channel = builder().build_with(transport, ManualClock::new()).unwrap();
    let mut future = Box::pin(channel.call(call(Method::GET)));
    let polled =
        std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx).is_pending()));
    assert!(polled.await);
    assert!(!dropped.load(Ordering::SeqCst));
    drop(future);
    assert!(dropped.load(Ordering::SeqCst));
}

// T50
#[tokio::test]
async fn a_panicking_transport_fails_only_its_call() {
    struct PanicsAtOnce;
    impl Transport for PanicsAtOnce {
        #[allow(clippy::manual_async_fn, reason = "it panics before there is a future")]
        fn send(
            &self,
            _: Request<Bytes>,
        ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send {
            if true {
                panic!("canary");
            }
            async { Ok(Response::new(Bytes::new())) }
        }
    }
    let fake = FakeTransport::script([FakeResponse::panic(), FakeResponse::json(200, "{}")]);
    let in_poll = channel(&fake, &ManualClock::auto());
    let in_call = builder()
        .build_with(AnyTransport::new(PanicsAtOnce), ManualClock::auto())
        .unwrap();
    for channel in [&in_poll, &in_call] {
        let error = channel.call(call(Method::POST)).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::TransportPanic);
        assert_eq!((error.attempts(), error.applied()), (1, Applied::Unknown));
        assert!(!format!("{error:?}").contains("canary"));
    }
    in_poll.call(call(Method::GET)).await.unwrap();
    fake.finish();
}

// T46
#[tokio::test]
async fn a_partly_sent_request_was_not_applied_and_is_repeated_if_idempotent() {
    for kind in [
        TransportErrorKind::Interrupted,
        TransportErrorKind::Timeout(Phase::FirstByte),
    ] {
        for method in ALL {
            let cut = || TransportError::new(kind).with_sent(Sent::Part).into();
            let attempts = if IDEMPOTENT.contains(&method) { 3 } else { 1 };
            let (error, requests) = fail(call(method), times(attempts, cut)).await;
            assert_eq!((requests, error.applied()), (attempts, Applied::No));
            assert!(error.is_retryable(), "for the caller to decide");
        }
    }
    // The server's own status counts for more.
    let created = TransportError::new(TransportErrorKind::Interrupted)
        .with_status(StatusCode::CREATED)
        .with_sent(Sent::Part);
    let (error, _) = fail(call(Method::POST), [created.into()]).await;
    assert_eq!(error.applied(), Applied::Yes);
}

// T64
#[tokio::test]
async fn an_unprocessed_request_is_repeated_for_every_method() {
    for method in ALL {
        let refused = || {
            TransportError::new(TransportErrorKind::Interrupted)
                .with_sent(Sent::Nothing)
                .into()
        };
        let (error, requests) = fail(call(method), times(3, refused)).await;
        assert_eq!((requests, error.applied()), (3, Applied::No));
    }
}

// A31
#[tokio::test]
async fn a_repeated_delete_that_finds_nothing_succeeds() {
    let gone = || FakeResponse::json(404, r#"{"code": "no_such_thing", "message": "no"}"#);
    let (result, _) = run(call(Method::DELETE), [lost(), gone()]).await;
    assert!(result.unwrap().was_already_gone());
    let (error, _) = fail(call(Method::DELETE), [gone()]).await;
    assert!(error.is_not_found());
    // A connection that was never established cannot have deleted anything.
    let (error, _) = fail(call(Method::DELETE), [FakeResponse::error(REFUSED), gone()]).await;
    assert!(error.is_not_found());
    // Nor does an intermediary that lost the API speak for it.
    let no_backend = FakeResponse::status(404)
        .with_header("content-type", "text/plain")
        .with_body("default backend - 404");
    for nobody in [
        no_backend,
        FakeResponse::status(404),
        FakeResponse::json(404, "{}"),
    ] {
        let (error, _) = fail(call(Method::DELETE), [FakeResponse::status(503), nobody]).await;
        assert_eq!(error.applied(), Applied::Unknown);
    }
}

#[tokio::test]
async fn the_source_of_a_transport_error_is_kept() {
    let error = TransportError::new(TransportErrorKind::Tls).with_source("certificate has expired");
    let (error, _) = fail(call(Method::GET), [error.into()]).await;
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "certificate has expired");
    let error = TransportError::new(TransportErrorKind::Config).with_source("no runtime");
    let (error, _) = fail(call(Method::GET), [error.into()]).await;
    let kind = ErrorKind::InvalidInput {
        parameter: "transport",
    };
    assert_eq!(error.kind(), &kind);
    assert!(
        error
            .to_string()
            .contains("invalid `transport`: no runtime ("),
        "{error}"
    );
}
