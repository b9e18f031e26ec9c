//! Responses whose body cannot be read: the status still decides.

use std::time::Duration;

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    Applied, CachedCredential, CallTimeouts, Channel, ConnectFailure, CredentialFailure, ErrorKind,
    Phase, RetryPolicy, SendTracker, Sent, TooLarge, Transport, TransportError, TransportErrorKind,
    from_fn,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::credentials::{Login, bearer, summaries};
use crate::{ALL, IDEMPOTENT, builder, call, fail, run, seconds, times};

/// The ways in which a body fails: an unknown or unrequested coding, too many bytes, too few, or too slow ones.
const BODY_ERRORS: [TransportErrorKind; 6] = [
    TransportErrorKind::Protocol,
    TransportErrorKind::TooLarge {
        what: TooLarge::Body,
        limit: 10,
    },
    TransportErrorKind::TooLarge {
        what: TooLarge::Decoded,
        limit: 10,
    },
    TransportErrorKind::Interrupted,
    TransportErrorKind::Timeout(Phase::Stall),
    TransportErrorKind::Timeout(Phase::FirstByte),
];

fn json(status: u16) -> FakeResponse {
    FakeResponse::status(status).with_header("content-type", "application/json")
}

/// Returns the wait after this response, and the number of attempts until success.
async fn wait_after(response: FakeResponse, method: Method) -> (u32, Option<Duration>) {
    let good = FakeResponse::json(call(method.clone()).success, "{}");
    let fake = FakeTransport::script([response, good]);
    let clock = ManualClock::auto();
    let channel = builder().build_with(fake.clone(), clock.clone()).unwrap();
    let response = channel.call(call(method)).await.unwrap();
    assert_eq!(fake.into_requests().len(), 2);
    (response.attempts(), clock.sleeps().into_iter().max())
}

/// Returns the visible differences to the same response with a good body.
fn defective(response: impl Fn() -> FakeResponse) -> Vec<FakeResponse> {
    BODY_ERRORS
        .map(|kind| response().with_body_error(kind))
        .into()
}

// U6
#[tokio::test]
async fn a_429_is_waited_for_even_without_its_body() {
    let busy = |status| move || json(status).with_header("retry-after", "7");
    for method in ALL {
        for response in defective(busy(429)) {
            assert_eq!(
                wait_after(response, method.clone()).await,
                (2, Some(seconds(7)))
            );
        }
    }
    for response in defective(busy(503)) {
        assert_eq!(
            wait_after(response, Method::GET).await,
            (2, Some(seconds(7)))
        );
    }
    for kind in BODY_ERRORS {
        let (error, requests) = fail(
            call(Method::GET),
            times(3, || busy(429)().with_body_error(kind)),
        )
        .await;
        assert_eq!((error.kind(), requests), (&ErrorKind::RateLimited, 3));
        assert!(error.is_throttled() && error.is_retryable());
        assert_eq!(error.retry_after(), Some(seconds(7)));
        let (error, requests) = fail(
            call(Method::GET),
            times(3, || busy(503)().with_body_error(kind)),
        )
        .await;
        assert_eq!((error.kind(), requests), (&ErrorKind::Api, 3));
        assert_eq!(error.retry_after(), Some(seconds(7)));
        // The state of the body comes second in the message.
        assert!(
            error
                .to_string()
                .contains("503 Service Unavailable: could not read its body"),
            "{error}"
        );
        let source = std::error::Error::source(&error).unwrap();
        let source: &TransportError = source.downcast_ref().unwrap();
        assert_eq!((source.kind(), source.headers()), (kind, None));
    }
}

// U6
#[tokio::test]
async fn a_vendors_own_delay_field_counts_without_a_body() {
    let limited = json(429).with_header("x-wait", "9");
    let limited = limited.with_body_error(TransportErrorKind::Interrupted);
    assert_eq!(
        wait_after(limited, Method::GET).await,
        (2, Some(seconds(9)))
    );
}

// U6
#[tokio::test]
async fn a_body_over_the_limit_of_the_channel_does_not_hide_the_status() {
    let large =
        |status: u16| FakeResponse::json(status, vec![b' '; 101]).with_header("retry-after", "7");
    let limited = |script: Vec<FakeResponse>| {
        let fake = FakeTransport::script(script);
        let channel = builder()
            .body_limit(100)
            .build_with(fake.clone(), ManualClock::auto())
            .unwrap();
        (fake, channel)
    };
    for status in [429, 503] {
        let (fake, channel) = limited(vec![large(status), FakeResponse::json(200, "{}")]);
        let response = channel.call(call(Method::GET)).await.unwrap();
        assert_eq!((response.attempts(), fake.into_requests().len()), (2, 2));
        let (fake, channel) = limited(times(3, || large(status)));
        let error = channel.call(call(Method::GET)).await.unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::RateLimited | ErrorKind::Api
        ));
        assert_eq!(error.body(), b"");
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.to_string().contains("exceeds the limit of 100"));
        assert_eq!(fake.into_requests().len(), 3);
    }
    // The size of an unneeded body does not matter.
    for method in [Method::PUT, Method::DELETE] {
        let (_, channel) = limited(vec![large(200)]);
        let response = channel.call(call(method)).await.unwrap();
        assert_eq!(
            (response.status(), &response.body()[..]),
            (StatusCode::OK, &b""[..])
        );
    }
}

// U6
#[tokio::test]
async fn a_rejected_bearer_is_refreshed_once_even_without_a_body() {
    for kind in BODY_ERRORS {
        let refused = || json(401).with_body_error(kind);
        let good = FakeResponse::json(200, "{}");
        let script = [bearer("one"), refused(), bearer("two"), good];
        let fake = FakeTransport::script(script);
        let channel = authorized(&fake);
        let response = channel.call(call(Method::GET)).await.unwrap();
        assert_eq!(response.attempts(), 2);
        let requests = [
            "/x/login -",
            "/x/v1/things Bearer one",
            "/x/login -",
            "/x/v1/things Bearer two",
        ];
        assert_eq!(summaries(&fake.into_requests()), requests);

        let fake = FakeTransport::script([bearer("one"), refused(), bearer("two"), refused()]);
        let error = authorized(&fake)
            .call(call(Method::POST))
            .await
            .unwrap_err();
        let rejected = ErrorKind::Credential(CredentialFailure::Rejected);
        assert_eq!((error.kind(), error.applied()), (&rejected, Applied::No));
        assert_eq!(fake.into_requests().len(), 4);
    }
}

fn authorized(fake: &FakeTransport) -> Channel {
    builder()
        .credentials(CachedCredential::new(Login))
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap()
}

// U6, A2, A3
#[tokio::test]
async fn the_status_of_an_exchange_is_classified() {
    for kind in BODY_ERRORS {
        for (status, requests, failure) in [
            (400, 1, CredentialFailure::Rejected),
            (401, 1, CredentialFailure::Rejected),
            (403, 1, CredentialFailure::Rejected),
            (429, 3, CredentialFailure::ExchangeFailed),
            (503, 3, CredentialFailure::ExchangeFailed),
        ] {
            let fake =
                FakeTransport::script(times(requests, || json(status).with_body_error(kind)));
            let error = authorized(&fake).call(call(Method::GET)).await.unwrap_err();
            assert_eq!(
                error.kind(),
                &ErrorKind::Credential(failure),
                "{status} {kind:?}"
            );
            assert_eq!(fake.into_requests().len(), requests, "{status} {kind:?}");
        }
    }
}

// U6
#[tokio::test]
async fn a_404_with_an_unreadable_body_is_not_a_not_found() {
    for kind in BODY_ERRORS {
        let missing = || json(404).with_body_error(kind);
        let (error, requests) = fail(call(Method::GET), [missing()]).await;
        assert_eq!((error.kind(), requests), (&ErrorKind::Api, 1));
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert!(!error.is_not_found());
        // A DELETE that may have been applied, followed by a 404 of an unknown sender.
        let lost = FakeResponse::error(TransportErrorKind::Interrupted);
        let (error, requests) = fail(call(Method::DELETE), [lost, missing()]).await;
        assert_eq!((requests, error.applied()), (2, Applied::Unknown));
        assert!(!error.is_not_found());
        let (error, _) = fail(call(Method::PUT), [json(409).with_body_error(kind)]).await;
        assert!(!error.is_conflict());
    }
}

// U6
#[tokio::test]
async fn an_error_status_means_the_same_without_its_body() {
    let verdict = |error: &gatelet_transport::Error| {
        (
            error.kind().clone(),
            error.status(),
            error.applied(),
            error.is_retryable(),
            error.attempts(),
        )
    };
    for status in [
        301, 307, 400, 403, 404, 407, 408, 409, 410, 421, 425, 429, 499, 500, 501, 502, 503, 504,
        505, 511, 520, 599, 600, 999,
    ] {
        for method in [Method::GET, Method::PUT, Method::POST] {
            let make = move || json(status).with_header("location", "https://elsewhere.example/x");
            let responses = |response: fn(FakeResponse) -> FakeResponse| {
                FakeTransport::respond(move |_| response(make()))
            };
            let outcome = async |fake: FakeTransport| {
                let channel = builder().build_with(fake, ManualClock::auto()).unwrap();
                verdict(&channel.call(call(method.clone())).await.unwrap_err())
            };
            let good = outcome(responses(|response| response)).await;
            let bad = outcome(responses(|response| {
                response.with_body_error(TransportErrorKind::Protocol)
            }))
            .await;
            assert_eq!(bad, good, "{method} {status}");
        }
    }
}

// U6
#[tokio::test]
async fn a_status_decides_without_header_fields() {
    let broken = |status| {
        let status = StatusCode::from_u16(status).unwrap();
        FakeResponse::from(TransportError::new(TransportErrorKind::Protocol).with_status(status))
    };
    let (result, _) = run(
        call(Method::POST),
        [broken(429), FakeResponse::json(201, "{}")],
    )
    .await;
    assert_eq!(result.unwrap().attempts(), 2);
    let (error, _) = fail(call(Method::POST), [broken(503)]).await;
    assert_eq!(
        (error.kind(), error.applied()),
        (&ErrorKind::Api, Applied::Unknown)
    );
}

/// A proxy that refuses a tunnel with this status.
fn refused_by_proxy(status: u16, fields: HeaderMap) -> FakeResponse {
    let status = StatusCode::from_u16(status).unwrap();
    let kind = TransportErrorKind::Connect(ConnectFailure::Proxy);
    let error = TransportError::new(kind).with_head(status, fields);
    FakeResponse::from(error.with_sent(Sent::Nothing))
}

#[tokio::test]
async fn the_status_of_a_proxy_is_not_the_servers() {
    for (status, requests) in [(401, 1), (404, 1), (429, 3), (503, 3)] {
        for method in [Method::POST, Method::DELETE] {
            let proxy = || refused_by_proxy(status, HeaderMap::new());
            let (error, _) = fail(call(method), times(requests, proxy)).await;
            assert_eq!(error.kind(), &ErrorKind::Connect(ConnectFailure::Proxy));
            assert_eq!(error.applied(), Applied::No);
            assert_eq!(error.is_retryable(), requests > 1, "{status}");
            assert!(!error.is_not_found() && !error.is_throttled() && !error.is_unauthorized());
        }
    }
}

#[tokio::test]
async fn the_retry_after_of_a_busy_proxy_is_obeyed() {
    let fields = || {
        HeaderMap::from_iter([
            (header::RETRY_AFTER, HeaderValue::from_static("7")),
            // Only the vendor gives this field its meaning.
            (
                HeaderName::from_static("x-wait"),
                HeaderValue::from_static("9"),
            ),
        ])
    };
    for status in [429, 503] {
        for method in ALL {
            let busy = refused_by_proxy(status, fields());
            assert_eq!(wait_after(busy, method).await, (2, Some(seconds(7))));
        }
    }
}

#[tokio::test]
async fn the_content_type_of_an_empty_error_body_is_ignored() {
    for kind in ["text/html", "text/plain", "\u{ff}"] {
        let empty = |status| FakeResponse::status(status).with_header("content-type", kind);
        for status in [400, 404, 409] {
            let (error, _) = fail(call(Method::GET), [empty(status)]).await;
            assert_eq!(error.kind(), &ErrorKind::Api, "{error}");
            assert!(!error.is_not_found() && !error.is_conflict());
        }
        let good = FakeResponse::json(200, "{}");
        let script = [bearer("one"), empty(401), bearer("two"), good];
        let fake = FakeTransport::script(script);
        let response = authorized(&fake).call(call(Method::GET)).await.unwrap();
        assert_eq!((response.attempts(), fake.into_requests().len()), (2, 4));
    }
}

// U7
#[tokio::test]
async fn a_write_without_output_succeeds_without_its_body() {
    for method in [Method::DELETE, Method::PUT] {
        for status in [200, 204] {
            for response in
                defective(|| FakeResponse::status(status).with_header("content-encoding", "gzip"))
            {
                let (result, requests) = run(call(method.clone()), [response]).await;
                let response = result.unwrap();
                assert_eq!((response.status().as_u16(), requests), (status, 1));
                assert!(response.body().is_empty() && !response.was_already_gone());
            }
        }
        // A login page is not the server's response.
        let page = || FakeResponse::status(200).with_header("content-type", "text/html");
        for response in defective(page) {
            let channel = builder()
                .retry(RetryPolicy::never())
                .build_with(FakeTransport::script([response]), ManualClock::auto())
                .unwrap();
            channel.call(call(method.clone())).await.unwrap_err();
        }
    }
}

// U20
#[tokio::test]
async fn every_5xx_is_repeated_but_those_that_stay_the_same() {
    let responses: [fn(u16) -> FakeResponse; 4] = [
        FakeResponse::status,
        |status| FakeResponse::json(status, r#"{"code":"c","message":"m"}"#),
        |status| {
            FakeResponse::status(status)
                .with_header("content-type", "text/html")
                .with_body("<html>")
        },
        |status| {
            FakeResponse::status(status)
                .with_header("content-type", "text/plain")
                .with_body("error code: 520")
        },
    ];
    for status in 500..=599 {
        let is_final = [501, 505, 511].contains(&status);
        for response in responses {
            for method in IDEMPOTENT {
                let requests = if is_final { 1 } else { 3 };
                let script = times(requests, || response(status));
                let (error, made) = fail(call(method.clone()), script).await;
                assert_eq!(
                    (made, error.is_retryable()),
                    (requests, !is_final),
                    "{method} {status}"
                );
                assert_eq!(error.status().unwrap(), status);
            }
            let (error, _) = fail(call(Method::POST), [response(status)]).await;
            assert_eq!(
                (error.applied(), error.is_retryable()),
                (Applied::Unknown, false)
            );
        }
    }
    for status in [520, 524, 530] {
        let (result, _) = run(
            call(Method::GET),
            [FakeResponse::status(status), FakeResponse::json(200, "{}")],
        )
        .await;
        assert_eq!(result.unwrap().attempts(), 2);
    }
}

#[tokio::test]
async fn a_409_of_an_intermediary_is_not_a_conflict() {
    for stranger in [
        FakeResponse::status(409),
        FakeResponse::json(409, "{}"),
        FakeResponse::status(409)
            .with_header("content-type", "text/plain")
            .with_body("busy"),
    ] {
        let (error, _) = fail(call(Method::PUT), [stranger]).await;
        assert!(!error.is_conflict(), "{error}");
    }
    let own = FakeResponse::json(409, r#"{"code":"c","message":"m"}"#);
    let (error, _) = fail(call(Method::PUT), [own]).await;
    assert!(error.is_conflict());
}

// U11
#[tokio::test]
async fn fields_on_two_lines_are_one_list_in_a_call() {
    for lines in [["2", "9"], ["x", "9"]] {
        let busy = FakeResponse::status(503)
            .with_header("retry-after", lines[0])
            .with_header("retry-after", lines[1]);
        assert_eq!(
            wait_after(busy, Method::GET).await,
            (2, Some(seconds(9))),
            "{lines:?}"
        );
    }
    let torn = FakeResponse::json(200, "{}").with_header("content-type", "text/html");
    let (error, _) = fail(call(Method::GET), [torn]).await;
    assert!(matches!(error.kind(), ErrorKind::NotJson { .. }), "{error}");
    let same = FakeResponse::json(200, "{}").with_header("content-type", "application/json");
    run(call(Method::GET), [same]).await.0.unwrap();
    let torn = FakeResponse::status(302)
        .with_header("location", "https://one.example/")
        .with_header("location", "https://other.example/");
    let (error, _) = fail(call(Method::GET), [torn]).await;
    assert_eq!(
        error.kind(),
        &ErrorKind::Redirect {
            target_origin: None
        }
    );
}

// U6
#[tokio::test]
async fn a_success_with_an_unreadable_body_is_an_error_if_the_body_is_needed() {
    for kind in BODY_ERRORS {
        let created = json(201).with_body_error(kind);
        let (error, requests) = fail(call(Method::POST), vec![created]).await;
        assert_eq!(requests, 1);
        assert_eq!(error.status(), Some(StatusCode::CREATED));
        assert_eq!(
            (error.applied(), error.is_retryable()),
            (Applied::Yes, false)
        );
    }
}

/// A server whose first response to a call has this status and an endless body.
fn trickles(status: StatusCode, then: FakeTransport) -> impl Transport {
    let is_first = std::sync::atomic::AtomicBool::new(true);
    from_fn(move |request: http::Request<bytes::Bytes>| {
        let is_call = !request.uri().path().ends_with("/login");
        let ends = !(is_call && is_first.swap(false, std::sync::atomic::Ordering::SeqCst));
        let then = then.clone();
        async move {
            if ends {
                return then.send(request).await;
            }
            let wait = (header::RETRY_AFTER, HeaderValue::from_static("7"));
            SendTracker::of(&request).response_started(status, HeaderMap::from_iter([wait]));
            std::future::pending().await
        }
    })
}

// U6
#[tokio::test]
async fn a_status_counts_if_its_body_outlasts_the_attempt() {
    for (status, method) in [
        (StatusCode::TOO_MANY_REQUESTS, Method::POST),
        (StatusCode::SERVICE_UNAVAILABLE, Method::GET),
    ] {
        let good = FakeResponse::json(call(method.clone()).success, "{}");
        let server = FakeTransport::script([good]);
        let clock = ManualClock::auto();
        let transport = trickles(status, server.clone());
        let channel = builder().build_with(transport, clock.clone()).unwrap();
        let response = channel.call(call(method)).await.unwrap();
        assert_eq!(response.attempts(), 2);
        assert!(clock.sleeps().contains(&seconds(7)));
        server.finish();
    }
    // Its bearer is refreshed.
    let server =
        FakeTransport::script([bearer("one"), bearer("two"), FakeResponse::json(200, "{}")]);
    let channel = builder()
        .credentials(CachedCredential::new(Login))
        .build_with(
            trickles(StatusCode::UNAUTHORIZED, server.clone()),
            ManualClock::auto(),
        )
        .unwrap();
    channel.call(call(Method::GET)).await.unwrap();
    assert_eq!(
        summaries(&server.into_requests()).last().unwrap(),
        "/x/v1/things Bearer two"
    );
}

// U6
#[tokio::test]
async fn a_status_counts_if_its_body_outlasts_the_call() {
    let fail = async |status, method| {
        let hurried = CallTimeouts::default().total(seconds(5));
        let transport = trickles(status, FakeTransport::script([]));
        let channel = builder()
            .timeouts(hurried)
            .build_with(transport, ManualClock::auto())
            .unwrap();
        channel.call(call(method)).await.unwrap_err()
    };
    let error = fail(StatusCode::TOO_MANY_REQUESTS, Method::POST).await;
    assert_eq!(error.kind(), &ErrorKind::RateLimited);
    assert_eq!(
        (error.applied(), error.retry_after()),
        (Applied::No, Some(seconds(7)))
    );
    let error = fail(StatusCode::CREATED, Method::POST).await;
    assert_eq!(error.kind(), &ErrorKind::Timeout(Phase::Total));
    assert_eq!(
        (error.applied(), error.status()),
        (Applied::Yes, Some(StatusCode::CREATED))
    );
}
