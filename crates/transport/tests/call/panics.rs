//! Panics of user code fail only their own call.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    ApiError, Applied, Bearer, Channel, Clock, Credential, CredentialFailure, CredentialProvider,
    Dialect, Error, ErrorKind, Phase, RetryPolicy, from_fn,
};
use http::{HeaderMap, Method, Request, StatusCode};

use crate::credentials::{crowd, ok, settle};
use crate::refused_credentials::{Act, HOUR, REJECTED, channel};
use crate::{builder, call, seconds};

const PANICKED: ErrorKind = ErrorKind::Credential(CredentialFailure::Panicked);

/// Returns everything that an error shows.
fn shown(error: &Error) -> String {
    let source = std::error::Error::source(error).map(|source| format!("{source} {source:?}"));
    format!("{error} {error:?} {source:?}")
}

/// A provider that panics in one of its methods, a given number of times.
struct Panics {
    place: &'static str,
    left: AtomicU32,
    /// A value that is alive during a panic.
    lock: Mutex<()>,
}

impl Panics {
    fn at(&self, place: &str) {
        let take = |left: u32| left.checked_sub(1);
        if place == self.place
            && self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                .is_ok()
        {
            let _guard = self.lock.lock();
            std::panic::panic_any(Payload);
        }
    }
}

/// Panics again when dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "canary-panic");
    }
}

impl CredentialProvider for Panics {
    fn credential(&self, _: &Channel) -> impl Future<Output = Result<Credential, Error>> + Send {
        self.at("call");
        async {
            tokio::task::yield_now().await;
            self.at("poll");
            Credential::new("Bearer", "good")
        }
    }

    fn validate(&self, _: &Channel) -> Result<(), Error> {
        self.at("validate");
        Ok(())
    }

    fn is_ready(&self, _: &Channel) -> bool {
        self.at("is_ready");
        true
    }

    fn scheme(&self) -> Option<&'static str> {
        self.at("scheme");
        Some("Bearer")
    }

    fn invalidate(&self, _: &Credential) -> bool {
        self.at("invalidate");
        true
    }
}

// U24
#[tokio::test]
async fn a_panicking_provider_fails_only_its_call() {
    let panics = |place, left| Panics {
        place,
        left: AtomicU32::new(left),
        lock: Mutex::default(),
    };
    for place in ["call", "poll"] {
        let server = FakeTransport::respond(|_| ok());
        let channel = builder()
            .credentials(Arc::new(panics(place, 2)))
            .build_with(server.clone(), ManualClock::new())
            .unwrap();
        for _ in 0..2 {
            let error = channel.call(call(Method::POST)).await.unwrap_err();
            assert_eq!((error.kind(), error.applied()), (&PANICKED, Applied::No));
            assert!(!shown(&error).contains("canary"), "{error:?}");
        }
        channel.call(call(Method::GET)).await.unwrap();
        assert_eq!(server.requests().len(), 1);
    }
    let build = |place, server: &FakeTransport| {
        let builder = builder().credentials(panics(place, 1));
        builder.build_with(server.clone(), ManualClock::new())
    };
    let error = build("validate", &FakeTransport::script([])).unwrap_err();
    assert_eq!(error.kind(), &PANICKED);
    let channel = build("is_ready", &FakeTransport::script([])).unwrap();
    assert_eq!((channel.is_ready(), channel.is_ready()), (false, true));
    let channel = build("scheme", &FakeTransport::script([])).unwrap();
    assert_eq!((channel.scheme(), channel.scheme()), (None, Some("Bearer")));
    let server =
        FakeTransport::script([FakeResponse::status(401), FakeResponse::status(401), ok()]);
    let channel = build("invalidate", &server).unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (&REJECTED, 1));
    let response = channel.call(call(Method::GET)).await.unwrap();
    assert_eq!(response.attempts(), 2);
}

/// A future that panics when polled, and again when dropped.
struct PanicsTwice;

impl Future for PanicsTwice {
    type Output = Result<Credential, Error>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        panic!("canary-panic")
    }
}

impl Drop for PanicsTwice {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "canary-panic");
    }
}

// U24
#[tokio::test]
async fn a_provider_that_panics_again_on_drop_fails_its_call() {
    struct Twice;
    impl CredentialProvider for Twice {
        fn credential(
            &self,
            _: &Channel,
        ) -> impl Future<Output = Result<Credential, Error>> + Send {
            PanicsTwice
        }
    }
    let channel = builder()
        .credentials(Twice)
        .build_with(FakeTransport::script([]), ManualClock::new())
        .unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (&PANICKED, Applied::No));
}

/// A future that never ends, and panics when dropped.
pub(crate) struct PanicsWhenDropped<T>(PhantomData<fn() -> T>);

impl<T> PanicsWhenDropped<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Future for PanicsWhenDropped<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        Poll::Pending
    }
}

impl<T> Drop for PanicsWhenDropped<T> {
    fn drop(&mut self) {
        panic!("canary-panic");
    }
}

// U24
#[tokio::test]
async fn a_panic_while_dropping_a_pending_future_is_caught() {
    struct Hangs;
    impl CredentialProvider for Hangs {
        fn credential(
            &self,
            _: &Channel,
        ) -> impl Future<Output = Result<Credential, Error>> + Send {
            PanicsWhenDropped::new()
        }
    }
    let hangs = || from_fn(|_| PanicsWhenDropped::new());
    let with = |clock: &ManualClock| {
        let provider = builder().credentials(Hangs);
        let transport = builder().retry(RetryPolicy::never());
        [
            provider.build_with(FakeTransport::script([]), clock.clone()),
            transport.build_with(hangs(), clock.clone()),
        ]
        .map(Result::unwrap)
    };
    for (channel, phase) in with(&ManualClock::auto())
        .iter()
        .zip([Phase::Total, Phase::Attempt])
    {
        let error = channel.call(call(Method::GET)).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Timeout(phase));
    }
    for channel in with(&ManualClock::new()) {
        let mut call = Box::pin(channel.call(call(Method::GET)));
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        drop(call);
    }
}

// U24, U63
#[tokio::test]
async fn an_early_exchange_that_panics_on_timeout_leaves_the_old_bearer_in_use() {
    let clock = ManualClock::auto();
    let server = FakeTransport::respond(|_| ok());
    let (channel, _) = channel(&server, &clock, |number| match number {
        0 => Act::Give,
        _ => Act::HangAndPanic,
    });
    channel.call(call(Method::GET)).await.unwrap();
    clock.advance(HOUR - seconds(200));
    channel.call(call(Method::GET)).await.unwrap();
}

// U24
#[tokio::test]
async fn a_panicking_exchange_fails_only_the_waiting_calls() {
    let at_once: fn(usize) -> Act = |number| match number {
        0 => Act::Panic,
        _ => Act::Give,
    };
    let later: fn(usize) -> Act = |number| match number {
        0 => Act::PanicLater,
        _ => Act::Give,
    };
    // All but the first start after one that panics at once.
    for (act, expected) in [(at_once, 1), (later, 100)] {
        let clock = ManualClock::new();
        let server = FakeTransport::respond(|_| ok());
        let (channel, made) = channel(&server, &clock, act);
        let tasks = crowd(&channel, 100).await;
        settle().await;
        clock.advance(seconds(1));
        let mut failed = 0;
        for task in tasks {
            if let Err(error) = task.await.unwrap() {
                assert_eq!(error.kind(), &PANICKED);
                assert!(!shown(&error).contains("canary"), "{error:?}");
                failed += 1;
            }
        }
        assert_eq!(failed, expected);
        clock.advance(seconds(1));
        channel.call(call(Method::GET)).await.unwrap();
        let made = made.lock().unwrap().clone();
        assert!(
            matches!(made[..], [first, second] if first < second),
            "{made:?}"
        );
    }
}

// U24
#[tokio::test]
async fn an_early_exchange_that_panics_leaves_the_old_bearer_in_use() {
    let clock = ManualClock::new();
    let server = FakeTransport::respond(|_| ok());
    let (channel, _) = channel(&server, &clock, |number| match number {
        0 => Act::Give,
        _ => Act::PanicLater,
    });
    channel.call(call(Method::GET)).await.unwrap();
    clock.advance(HOUR - seconds(200));
    channel.call(call(Method::GET)).await.unwrap();
}

/// A dialect that panics in every method.
struct PanickingDialect;

impl Dialect for PanickingDialect {
    fn api_error(&self, _: StatusCode, _: &str) -> Option<ApiError> {
        panic!("canary-panic")
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        assert!(!body.contains("panic"), "canary-panic");
        None
    }

    fn server_delay(&self, _: &HeaderMap, _: std::time::SystemTime) -> Option<Duration> {
        panic!("canary-panic")
    }

    fn body_delay(&self, _: &str) -> Option<Duration> {
        panic!("canary-panic")
    }

    fn refresh_may_help(&self, _: Option<&ApiError>) -> bool {
        panic!("canary-panic")
    }
}

#[tokio::test]
async fn panics_of_dialect_jitter_and_clock_fail_only_their_call() {
    let server = FakeTransport::script([
        FakeResponse::json(429, "{}").with_header("retry-after", "7"),
        FakeResponse::json(401, "{}"),
    ]);
    let base = gatelet_transport::BaseUrl::parse("https://api.example.com").unwrap();
    let clock = ManualClock::auto();
    let panics = FakeResponse::json(201, r#"{"panic":true}"#);
    let channel = Channel::builder(base.clone(), PanickingDialect)
        .credentials(Bearer::new("good").unwrap())
        .build_with(FakeTransport::script([panics]), ManualClock::new())
        .unwrap();
    let error = channel.call(call(Method::POST)).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::TransportPanic);
    assert_eq!((error.attempts(), error.applied()), (1, Applied::Unknown));
    assert!(!shown(&error).contains("canary"), "{error:?}");

    let channel = Channel::builder(base.clone(), PanickingDialect)
        .credentials(Bearer::new("good").unwrap())
        .jitter(|| panic!("canary-panic"))
        .build_with(server.clone(), clock.clone())
        .unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(clock.sleeps(), [seconds(7)]);

    struct Broken(AtomicU32);
    impl Clock for Broken {
        fn now(&self) -> std::time::SystemTime {
            std::time::UNIX_EPOCH
        }

        fn monotonic(&self) -> Duration {
            assert!(self.0.fetch_add(1, Ordering::SeqCst) != 2, "canary-panic");
            Duration::ZERO
        }

        async fn sleep(&self, _: Duration) {
            std::future::pending::<()>().await;
        }
    }
    let channel = Channel::builder(base, PanickingDialect)
        .credentials(Bearer::new("good").unwrap())
        .build_with(
            FakeTransport::respond(|_: &Request<Bytes>| ok()),
            Broken(AtomicU32::new(0)),
        )
        .unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::TransportPanic);
    channel.call(call(Method::GET)).await.unwrap();
}
