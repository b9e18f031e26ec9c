//! Exchanges that hang or whose credentials are rejected cause neither storms nor waits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    Applied, CachedCredential, CallTimeouts, Channel, Clock, Credential, CredentialFailure, Error,
    ErrorKind, IssuedCredential, RetryPolicy, TokenExchange, Transport, from_fn,
};
use http::{Method, Request};

use crate::credentials::{Login, bearer, crowd, manual_responses, ok, settle};
use crate::panics::PanicsWhenDropped;
use crate::{builder, call, seconds};

/// An exchange that records its time and acts by its number.
struct Scripted {
    made: Arc<Mutex<Vec<Duration>>>,
    clock: ManualClock,
    act: fn(usize) -> Act,
}

pub(crate) enum Act {
    Give,
    Hang,
    HangAndPanic,
    Panic,
    PanicLater,
}

pub(crate) const HOUR: Duration = seconds(3600);

impl TokenExchange for Scripted {
    #[allow(
        clippy::manual_async_fn,
        reason = "one of its panics is before the future"
    )]
    fn exchange(
        &self,
        _: &Channel,
    ) -> impl Future<Output = Result<IssuedCredential, Error>> + Send {
        let number = {
            let mut made = self.made.lock().unwrap();
            made.push(self.clock.monotonic());
            made.len() - 1
        };
        let act = (self.act)(number);
        assert!(!matches!(act, Act::Panic), "canary-panic");
        async move {
            match act {
                Act::Give => {}
                Act::Hang => std::future::pending().await,
                Act::HangAndPanic => PanicsWhenDropped::new().await,
                _ => {
                    tokio::task::yield_now().await;
                    panic!("canary-panic");
                }
            }
            let credential = Credential::new("Bearer", &format!("bearer-{number}"))?;
            Ok(IssuedCredential::new(credential, HOUR))
        }
    }
}

pub(crate) type Made = Arc<Mutex<Vec<Duration>>>;

pub(crate) fn channel(
    server: &FakeTransport,
    clock: &ManualClock,
    act: fn(usize) -> Act,
) -> (Channel, Made) {
    let made = Made::default();
    let exchange = Scripted {
        made: made.clone(),
        clock: clock.clone(),
        act,
    };
    let builder = builder().credentials(CachedCredential::new(exchange));
    let channel = builder.build_with(server.clone(), clock.clone());
    (channel.unwrap(), made)
}

pub(crate) const REJECTED: ErrorKind = ErrorKind::Credential(CredentialFailure::Rejected);

fn count(made: &Made) -> usize {
    made.lock().unwrap().len()
}

/// Checks that exchanges start at least a second apart, and that there was at most one for each second until now.
fn assert_one_a_second(made: &Made, clock: &ManualClock) {
    let made = made.lock().unwrap().clone();
    let mut pairs = made.windows(2);
    assert!(
        pairs.all(|pair| pair[1] - pair[0] >= seconds(1)),
        "{made:?}"
    );
    let most = usize::try_from(clock.monotonic().as_secs()).unwrap() + 1;
    assert!(made.len() <= most, "{} in {most} s", made.len());
}

// U14
#[tokio::test]
async fn fresh_bearers_that_are_rejected_are_exchanged_once_a_second() {
    let clock = ManualClock::auto();
    let server = FakeTransport::respond(|_| FakeResponse::status(401));
    let (channel, made) = channel(&server, &clock, |_| Act::Give);
    let mut calls_that_asked = 0;
    for _ in 0..1000 {
        let (began, requests, exchanged) =
            (clock.monotonic(), server.requests().len(), count(&made));
        let error = channel.call(call(Method::GET)).await.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (&REJECTED, Applied::No));
        if server.requests().len() == requests {
            assert_eq!((clock.monotonic(), count(&made)), (began, exchanged));
            assert!(error.retry_after().is_some_and(|wait| wait <= seconds(1)));
            assert!(error.is_retryable());
        } else {
            // Its own bearer was rejected: it waits for one further exchange, and then gives up.
            assert_eq!((error.attempts(), error.is_retryable()), (2, false));
            assert_eq!(clock.monotonic() - began, seconds(1));
            calls_that_asked += 1;
        }
        clock.advance(Duration::from_millis(60));
    }
    assert_one_a_second(&made, &clock);
    assert_eq!(count(&made), 2 * calls_that_asked);
    assert!(count(&made) > 50, "{}", count(&made));
}

/// Returns a client that exchanges its key at this server.
fn logs_in(server: &FakeTransport, clock: &ManualClock) -> Channel {
    let builder = builder().credentials(CachedCredential::new(Login));
    builder.build_with(server.clone(), clock.clone()).unwrap()
}

// U14
#[tokio::test]
async fn a_permanently_failing_exchange_is_made_once_a_second() {
    const FAILED: ErrorKind = ErrorKind::Credential(CredentialFailure::ExchangeFailed);
    type Case = (fn() -> FakeResponse, ErrorKind);
    let cases: [Case; 7] = [
        (|| FakeResponse::status(400), REJECTED),
        (|| FakeResponse::status(401), REJECTED),
        (|| FakeResponse::status(403), REJECTED),
        (|| FakeResponse::status(404), FAILED),
        (|| FakeResponse::json(200, "\"\""), FAILED),
        (|| FakeResponse::json(200, "{\"no\": \"bearer\"}"), FAILED),
        (|| FakeResponse::status(302), FAILED),
    ];
    for (response, kind) in cases {
        let clock = ManualClock::auto();
        let server = FakeTransport::respond(move |_| response());
        let channel = logs_in(&server, &clock);
        for number in 0..100_u32 {
            let error = channel.call(call(Method::GET)).await.unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (&kind, false));
            assert!(std::error::Error::source(&error).is_some());
            let wait = Duration::from_millis(u64::from(20 - number % 20) * 50);
            let next_exchange = error.retry_after().filter(|_| number % 20 != 0);
            assert_eq!(next_exchange, Some(wait).filter(|_| number % 20 != 0));
            clock.advance(Duration::from_millis(50));
        }
        assert_eq!(server.requests().len(), 5);
    }
}

// U14
#[tokio::test]
async fn a_server_delays_the_next_exchange_by_a_minute_at_most() {
    for (status, asks, pause) in [(429, "90", 60), (503, "61", 60), (503, "2", 2)] {
        let clock = ManualClock::auto();
        let response =
            move |_: &Request<Bytes>| FakeResponse::status(status).with_header("retry-after", asks);
        let server = FakeTransport::respond(response);
        let builder = builder()
            .credentials(CachedCredential::new(Login))
            .retry(RetryPolicy::never());
        let channel = builder.build_with(server.clone(), clock.clone()).unwrap();
        channel.call(call(Method::GET)).await.unwrap_err();
        for passed in 0..pause {
            let error = channel.call(call(Method::GET)).await.unwrap_err();
            let failed = ErrorKind::Credential(CredentialFailure::ExchangeFailed);
            assert_eq!(error.kind(), &failed);
            assert_eq!(error.retry_after(), Some(seconds(pause - passed)));
            clock.advance(seconds(1));
        }
        assert_eq!(server.requests().len(), 1);
        channel.call(call(Method::GET)).await.unwrap_err();
        assert_eq!(server.requests().len(), 2);
    }
}

// U14
#[tokio::test]
async fn a_thousand_calls_at_once_make_no_more_exchanges() {
    // This clock stands still, so concurrent calls share one moment.
    let clock = ManualClock::new();
    let server = FakeTransport::respond(|_| FakeResponse::status(401));
    let (channel, made) = channel(&server, &clock, |_| Act::Give);
    for second in 0..12 {
        let tasks = crowd(&channel, 1000).await;
        clock.advance(seconds(1));
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap_err().kind(), &REJECTED);
        }
        assert!(count(&made) <= second + 2);
        assert_one_a_second(&made, &clock);
    }
    assert!(count(&made) >= 12);
}

// A9, U14
#[tokio::test]
async fn calls_with_a_freshly_revoked_bearer_share_the_next_exchange() {
    let clock = ManualClock::new();
    let server =
        FakeTransport::respond(
            |request: &Request<Bytes>| match request.headers()["authorization"].to_str() {
                Ok("Bearer bearer-0") => FakeResponse::status(401),
                _ => ok(),
            },
        );
    let made = Made::default();
    let exchange = Scripted {
        made: made.clone(),
        clock: clock.clone(),
        act: |_| Act::Give,
    };
    // Responds once all of them have sent a request.
    let transport = from_fn(move |request| {
        let server = server.clone();
        async move {
            tokio::task::yield_now().await;
            server.send(request).await
        }
    });
    let channel = builder()
        .credentials(CachedCredential::new(exchange))
        .build_with(transport, clock.clone())
        .unwrap();
    let tasks = crowd(&channel, 1000).await;
    while clock.sleepers() < 1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count(&made), 1, "not within the same second");
    // A call that starts in between does not wait.
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (&REJECTED, 0));
    assert_eq!(error.retry_after(), Some(seconds(1)));
    clock.advance(seconds(1));
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(count(&made), 2);
}

// U14
#[tokio::test]
async fn a_call_without_the_time_to_wait_for_the_next_exchange_fails_at_once() {
    let refused: fn() -> FakeResponse = || FakeResponse::status(401);
    let puts_off: fn() -> FakeResponse =
        || FakeResponse::status(401).with_header("retry-after", "7");
    for (response, wait) in [(refused, seconds(1)), (puts_off, seconds(7))] {
        let clock = ManualClock::auto();
        let server = FakeTransport::respond(move |_| response());
        let made = Made::default();
        let exchange = Scripted {
            made: made.clone(),
            clock: clock.clone(),
            act: |_| Act::Give,
        };
        let channel = builder()
            .credentials(CachedCredential::new(exchange))
            .timeouts(CallTimeouts::default().total(Duration::from_millis(900)))
            .build_with(server.clone(), clock.clone())
            .unwrap();
        let error = channel.call(call(Method::GET)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (&REJECTED, 1));
        assert_eq!(error.retry_after(), Some(wait));
        assert_eq!((count(&made), clock.monotonic()), (1, Duration::ZERO));
    }
}

// A9, U14
#[tokio::test]
async fn a_call_whose_first_bearer_was_rejected_also_waits_when_another_call_loses_the_second() {
    let clock = ManualClock::new();
    let refused = || FakeResponse::status(401);
    let server = FakeTransport::script([
        bearer("one"),
        ok(),
        refused(),
        bearer("two"),
        FakeResponse::status(503),
        refused(), // To the other call.
        bearer("three"),
        ok(),
        ok(),
    ]);
    let channel = logs_in(&server, &clock);
    channel.call(call(Method::GET)).await.unwrap();
    clock.advance(seconds(10));
    let spawn = || {
        let channel = channel.clone();
        tokio::spawn(async move { channel.call(call(Method::GET)).await })
    };
    let first = spawn();
    settle().await;
    let other = spawn();
    settle().await;
    // The first call repeats its 503, while no exchange is allowed.
    for _ in 0..2 {
        clock.advance(Duration::from_millis(500));
        settle().await;
    }
    assert_eq!(first.await.unwrap().unwrap().attempts(), 3);
    assert_eq!(other.await.unwrap().unwrap().attempts(), 2);
    assert_eq!(server.into_requests().len(), 9);
}

// A9
#[tokio::test]
async fn a_call_without_retries_is_not_repeated_with_another_bearer() {
    let builder = builder()
        .credentials(CachedCredential::new(Login))
        .retry(RetryPolicy::never());
    let script = FakeTransport::script([bearer("one"), FakeResponse::status(401)]);
    let channel = builder
        .build_with(script.clone(), ManualClock::auto())
        .unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (&REJECTED, 1));
    assert_eq!(script.into_requests().len(), 2);
}

// U14
#[tokio::test]
async fn clients_that_share_a_provider_share_its_second_whatever_their_clocks_say() {
    let server = FakeTransport::respond(|_| FakeResponse::status(401));
    let made = Made::default();
    let home = ManualClock::auto();
    let credentials = Arc::new(CachedCredential::new(Scripted {
        made: made.clone(),
        clock: home.clone(),
        act: |_| Act::Give,
    }));
    let client = |clock: &ManualClock| {
        let builder = builder().credentials(credentials.clone());
        builder.build_with(server.clone(), clock.clone()).unwrap()
    };
    let other = ManualClock::auto();
    other.advance(HOUR);
    let clients = [client(&home), client(&other)];
    for _ in 0..100 {
        for client in &clients {
            let error = client.call(call(Method::GET)).await.unwrap_err();
            assert_eq!(error.kind(), &REJECTED);
        }
        home.advance(Duration::from_millis(300));
        clients[1].call(call(Method::GET)).await.unwrap_err();
    }
    assert_one_a_second(&made, &home);
}

// A9, U14
#[tokio::test]
async fn a_rejected_bearer_is_refreshed_and_the_rejection_is_reported() {
    let refused = || FakeResponse::json(401, r#"{"code":"expired","message":"so it is"}"#);
    let script = [ok(), refused(), ok(), refused(), refused(), ok()];
    let server = FakeTransport::script(script);
    let clock = ManualClock::auto();
    let (channel, made) = channel(&server, &clock, |_| Act::Give);
    let get = async || channel.call(call(Method::GET)).await;
    get().await.unwrap();
    clock.advance(Duration::from_millis(400));
    get().await.unwrap();
    assert_eq!(count(&made), 2);
    assert_eq!(
        clock.monotonic(),
        seconds(1),
        "after the rest of the second"
    );
    clock.advance(seconds(5));
    let error = get().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (&REJECTED, Some("expired")));
    assert_eq!((count(&made), clock.monotonic()), (3, seconds(6)));
    clock.advance(seconds(1));
    get().await.unwrap();
    assert_eq!(server.into_requests().len(), 6);
}

// U63
#[tokio::test]
async fn no_call_waits_long_for_an_early_exchange_that_hangs() {
    let clock = ManualClock::auto();
    let server = FakeTransport::respond(|_| ok());
    let (channel, made) = channel(&server, &clock, |number| match number {
        0 => Act::Give,
        1..=3 => Act::Hang,
        _ => Act::Give,
    });
    let get = async || {
        let before = clock.monotonic();
        channel.call(call(Method::GET)).await.unwrap();
        let used = server.requests().last().unwrap().headers()["authorization"].clone();
        (
            used.to_str().unwrap().to_owned(),
            clock.monotonic() - before,
        )
    };
    let old = || "Bearer bearer-0".to_owned();
    assert_eq!(get().await, (old(), Duration::ZERO));
    clock.advance(HOUR - seconds(200));
    for exchanges in 2..=4 {
        assert_eq!(get().await, (old(), seconds(1)));
        assert_eq!(count(&made), exchanges);
        // No call waits for the pause after it.
        assert_eq!(get().await, (old(), Duration::ZERO));
        clock.advance(seconds(10));
    }
    assert_eq!(get().await, ("Bearer bearer-4".to_owned(), Duration::ZERO));
}

// U63
#[tokio::test]
async fn calls_that_are_dropped_while_they_exchange_early_do_not_make_each_other_wait() {
    let clock = ManualClock::new();
    let server = FakeTransport::respond(|_| ok());
    let (channel, made) = channel(&server, &clock, |number| match number {
        0 => Act::Give,
        _ => Act::Hang,
    });
    channel.call(call(Method::GET)).await.unwrap();
    clock.advance(HOUR - seconds(200));
    for exchanges in 2..=4 {
        // Its timeout is shorter than that of the early exchange.
        let hurried = crowd(&channel, 1).await;
        settle().await;
        clock.advance(Duration::from_millis(500));
        for task in hurried {
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        }
        assert_eq!(count(&made), exchanges);
        for _ in 0..100 {
            channel.call(call(Method::GET)).await.unwrap();
        }
        assert_eq!(count(&made), exchanges, "no other call waits");
        clock.advance(seconds(20));
    }
}

// U63
#[tokio::test]
async fn a_call_that_waits_past_expiry_outlasts_an_early_exchange() {
    let clock = ManualClock::new();
    let server = FakeTransport::respond(|_| ok());
    let (channel, made) = channel(&server, &clock, |number| match number {
        1 => Act::Hang,
        _ => Act::Give,
    });
    channel.call(call(Method::GET)).await.unwrap();
    clock.advance(HOUR - Duration::from_millis(500));
    let early = crowd(&channel, 1).await;
    settle().await;
    assert_eq!(count(&made), 2);
    clock.advance(Duration::from_millis(500));
    // The old bearer has expired, and the early exchange still hangs.
    let late = crowd(&channel, 100).await;
    settle().await;
    assert_eq!(count(&made), 2);
    clock.advance(Duration::from_millis(500));
    for task in early.into_iter().chain(late) {
        task.await.unwrap().unwrap();
    }
    assert_eq!(count(&made), 3);
}

// U63
#[tokio::test]
async fn a_delayed_early_exchange_leaves_the_old_bearer_in_use() {
    let clock = ManualClock::auto();
    let logins = Arc::new(Mutex::new(0));
    let response = {
        let logins = logins.clone();
        move |request: &Request<Bytes>| {
            if request.uri().path() != "/x/login" {
                return ok();
            }
            let mut logins = logins.lock().unwrap();
            *logins += 1;
            match *logins {
                1 => bearer("one"),
                _ => FakeResponse::status(503).with_header("retry-after", "60"),
            }
        }
    };
    let server = FakeTransport::respond(response);
    let builder = builder()
        .credentials(CachedCredential::new(Login))
        .retry(RetryPolicy::never());
    let channel = builder.build_with(server, clock.clone()).unwrap();
    channel.call(call(Method::GET)).await.unwrap();
    clock.advance(HOUR - seconds(200));
    for _ in 0..50 {
        channel.call(call(Method::GET)).await.unwrap();
        assert!(channel.is_ready());
        clock.advance(seconds(1));
    }
    assert_eq!(*logins.lock().unwrap(), 2);
    clock.advance(seconds(20));
    channel.call(call(Method::GET)).await.unwrap();
    assert_eq!(
        *logins.lock().unwrap(),
        3,
        "after the time that it asked for"
    );
}

// A9, U63
#[tokio::test]
async fn a_bearer_rejected_during_an_early_exchange_is_not_used_after_it() {
    let clock = ManualClock::new();
    let (transport, mut requests) = manual_responses();
    let made = Made::default();
    let exchange = Scripted {
        made: made.clone(),
        clock: clock.clone(),
        act: |number| match number {
            1 => Act::Hang,
            _ => Act::Give,
        },
    };
    let channel = builder()
        .credentials(CachedCredential::new(exchange))
        .build_with(transport, clock.clone())
        .unwrap();
    let mut first = crowd(&channel, 1).await;
    requests.recv().await.unwrap().1.send(200).unwrap();
    first.remove(0).await.unwrap().unwrap();
    clock.advance(HOUR - seconds(301));
    let on_its_way = crowd(&channel, 1).await;
    let (old, refuse) = requests.recv().await.unwrap();
    assert_eq!(old, "Bearer bearer-0");
    clock.advance(seconds(1));
    let early = crowd(&channel, 1).await;
    settle().await;
    assert_eq!(count(&made), 2);
    refuse.send(401).unwrap();
    settle().await;
    clock.advance(seconds(1));
    for _ in 0..2 {
        let (bearer, response) = requests.recv().await.unwrap();
        assert_eq!(bearer, "Bearer bearer-2");
        response.send(200).unwrap();
    }
    for task in on_its_way.into_iter().chain(early) {
        task.await.unwrap().unwrap();
    }
    assert_eq!(count(&made), 3);
}

// U63
#[tokio::test]
async fn hanging_early_exchanges_back_off_until_one_succeeds() {
    let clock = ManualClock::auto();
    let server = FakeTransport::respond(|_| ok());
    let (channel, made) = channel(&server, &clock, |number| match number {
        1..=8 | 10 => Act::Hang,
        _ => Act::Give,
    });
    let call_until = async |exchanges| {
        while count(&made) < exchanges {
            channel.call(call(Method::GET)).await.unwrap();
            clock.advance(Duration::from_millis(500));
        }
    };
    call_until(1).await;
    clock.advance(HOUR - seconds(301));
    call_until(10).await;
    clock.advance(HOUR - seconds(301));
    call_until(12).await;
    let made = made.lock().unwrap();
    let pauses: Vec<_> = made
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs())
        .collect();
    assert_eq!(pauses[1..9], [2, 3, 5, 9, 17, 33, 61, 61]);
    assert_eq!(pauses[10], 2, "the count begins anew");
}
