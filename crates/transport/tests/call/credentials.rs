//! What is sent as a credential, and how exchanges are shared.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    Applied, BaseUrl, CachedCredential, Call, Channel, Credential, CredentialFailure, Error,
    ErrorKind, IssuedCredential, TokenExchange, Transport, from_fn,
};
use http::{Method, Request, Response};
use tokio::sync::{mpsc, oneshot};

use crate::{builder, call, seconds};

/// Exchanges by `POST /login`, whose response is a bearer as a JSON string, valid for an hour.
pub(crate) struct Login;

pub(crate) const HOUR: Duration = seconds(3600);

impl TokenExchange for Login {
    async fn exchange(&self, channel: &Channel) -> Result<IssuedCredential, Error> {
        let login = Call::new("test Login", Method::POST, "/login")
            .with_template("/login")
            .with_body("{}")
            .with_idempotent(true)
            .with_authenticated(false);
        let bearer: String = channel.call(login).await?.json()?;
        Ok(IssuedCredential::new(
            Credential::new("Bearer", &bearer)?,
            HOUR,
        ))
    }
}

pub(crate) fn channel(fake: &FakeTransport, clock: &ManualClock) -> Channel {
    builder()
        .credentials(CachedCredential::new(Login))
        .build_with(fake.clone(), clock.clone())
        .unwrap()
}

pub(crate) fn bearer(name: &str) -> FakeResponse {
    FakeResponse::json(200, format!("\"{name}\""))
}

pub(crate) fn ok() -> FakeResponse {
    FakeResponse::json(200, "{}")
}

/// Returns the requests as `path credential`.
pub(crate) fn summaries(requests: &[Request<Bytes>]) -> Vec<String> {
    let summary = |request: &Request<Bytes>| {
        let credential = request.headers().get("authorization");
        let credential = credential.map_or("-", |value| value.to_str().unwrap());
        format!("{} {credential}", request.uri().path())
    };
    requests.iter().map(summary).collect()
}

// A1
#[tokio::test]
async fn a_cold_client_makes_one_exchange_and_one_request() {
    let fake = FakeTransport::script([bearer("one"), ok(), ok()]);
    let channel = channel(&fake, &ManualClock::auto());
    channel.call(call(Method::GET)).await.unwrap();
    channel.call(call(Method::GET)).await.unwrap();
    let requests = [
        "/x/login -",
        "/x/v1/things Bearer one",
        "/x/v1/things Bearer one",
    ];
    assert_eq!(summaries(&fake.into_requests()), requests);
}

// A2
#[tokio::test]
async fn a_rejected_exchange_is_a_credential_error() {
    for status in [400, 401, 403] {
        let fake = FakeTransport::script([FakeResponse::status(status)]);
        let error = channel(&fake, &ManualClock::auto())
            .call(call(Method::POST))
            .await
            .unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::Credential(CredentialFailure::Rejected)
        );
        assert_eq!((error.attempts(), error.applied()), (0, Applied::No));
        assert_eq!(error.operation(), Some("test Operation"));
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.to_string().starts_with("test Login: "), "{source}");
        fake.finish();
    }
}

// A3
#[tokio::test]
async fn a_failed_exchange_is_retried_and_then_reported() {
    let page = || FakeResponse::status(200).with_header("content-type", "text/html");
    for (script, requests) in [
        ((0..3).map(|_| FakeResponse::status(503)).collect(), 3),
        (vec![page()], 1),
    ] {
        let fake = FakeTransport::script(script);
        let error = channel(&fake, &ManualClock::auto())
            .call(call(Method::GET))
            .await
            .unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::Credential(CredentialFailure::ExchangeFailed)
        );
        assert_eq!(error.is_retryable(), requests == 3);
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(fake.into_requests().len(), requests);
    }
}

/// An exchange that takes a second, counts itself, and fails on request.
#[derive(Default)]
struct Slow {
    exchanges: AtomicU32,
    failures: AtomicU32,
}

impl TokenExchange for Slow {
    async fn exchange(&self, channel: &Channel) -> Result<IssuedCredential, Error> {
        use gatelet_transport::Clock as _;
        let number = self.exchanges.fetch_add(1, Ordering::SeqCst);
        channel.clock().sleep(seconds(1)).await;
        let take = |left: u32| left.checked_sub(1);
        if self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
            .is_ok()
        {
            return Err(Error::exchange_failed("as the test says"));
        }
        Ok(IssuedCredential::new(
            Credential::new("Bearer", &format!("bearer-{number}"))?,
            HOUR,
        ))
    }
}

/// A provider that tests inspect while the channel owns it.
struct Shared(Arc<Slow>);

impl TokenExchange for Shared {
    async fn exchange(&self, channel: &Channel) -> Result<IssuedCredential, Error> {
        self.0.exchange(channel).await
    }
}

fn slow(clock: &ManualClock, failures: u32) -> (Arc<Slow>, FakeTransport, Channel) {
    let slow = Arc::new(Slow {
        failures: failures.into(),
        ..Slow::default()
    });
    let fake = FakeTransport::respond(|_| ok());
    let channel = builder()
        .credentials(CachedCredential::new(Shared(slow.clone())))
        .build_with(fake.clone(), clock.clone())
        .unwrap();
    (slow, fake, channel)
}

/// Lets every other task run until it waits.
pub(crate) async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

fn spawn(channel: &Channel) -> tokio::task::JoinHandle<Result<(), Error>> {
    let channel = channel.clone();
    tokio::spawn(async move { channel.call(call(Method::GET)).await.map(drop) })
}

/// Starts this many calls, and returns once each of them waits.
pub(crate) async fn crowd(
    channel: &Channel,
    calls: u32,
) -> Vec<tokio::task::JoinHandle<Result<(), Error>>> {
    let begun = Arc::new(AtomicU32::new(0));
    let begin = |_| {
        let (channel, begun) = (channel.clone(), begun.clone());
        tokio::spawn(async move {
            begun.fetch_add(1, Ordering::SeqCst);
            channel.call(call(Method::GET)).await.map(drop)
        })
    };
    let tasks = (0..calls).map(begin).collect();
    while begun.load(Ordering::SeqCst) < calls {
        tokio::task::yield_now().await;
    }
    tasks
}

// A4
#[tokio::test]
async fn ten_thousand_tasks_share_one_exchange() {
    let clock = ManualClock::new();
    let (slow, fake, channel) = slow(&clock, 0);
    let tasks = crowd(&channel, 10_000).await;
    clock.advance(seconds(1));
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(slow.exchanges.load(Ordering::SeqCst), 1);
    assert_eq!(fake.requests().len(), 10_000);
}

#[tokio::test]
async fn a_bearer_that_was_forgotten_during_its_exchange_is_not_cached() {
    let clock = ManualClock::new();
    let (_, _, channel) = slow(&clock, 0);
    for is_forgotten in [true, false] {
        let task = spawn(&channel);
        settle().await;
        if is_forgotten {
            channel.forget_credential();
        }
        clock.advance(seconds(1));
        task.await.unwrap().unwrap();
        assert_eq!(channel.is_ready(), !is_forgotten);
    }
}

#[tokio::test]
async fn waiting_calls_share_a_failure_and_the_next_call_exchanges_again() {
    let clock = ManualClock::new();
    let (slow, _, channel) = slow(&clock, 1);
    let tasks: Vec<_> = (0..100).map(|_| spawn(&channel)).collect();
    settle().await;
    clock.advance(seconds(1));
    for task in tasks {
        let error = task.await.unwrap().unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::Credential(CredentialFailure::ExchangeFailed)
        );
    }
    assert_eq!(slow.exchanges.load(Ordering::SeqCst), 1);
    let next = spawn(&channel);
    settle().await;
    assert_eq!(
        slow.exchanges.load(Ordering::SeqCst),
        1,
        "not before a pause"
    );
    clock.advance(Duration::from_millis(100));
    settle().await;
    clock.advance(seconds(1));
    next.await.unwrap().unwrap();
    assert_eq!(slow.exchanges.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn clients_with_clocks_of_their_own_share_a_failure_for_a_moment_only() {
    let credentials = Arc::new(CachedCredential::new(Slow {
        failures: 1.into(),
        ..Slow::default()
    }));
    let with = |clock: &ManualClock| {
        builder()
            .credentials(credentials.clone())
            .build_with(FakeTransport::respond(|_| ok()), clock.clone())
            .unwrap()
    };
    let (old, new) = (ManualClock::auto(), ManualClock::new());
    old.advance(HOUR);
    with(&old).call(call(Method::GET)).await.unwrap_err();
    // An hour ahead on the clock of this client.
    let next = spawn(&with(&new));
    for wait in [Duration::from_millis(100), seconds(1)] {
        settle().await;
        new.advance(wait);
    }
    settle().await;
    assert!(next.is_finished());
    next.await.unwrap().unwrap();
}

// A4
#[tokio::test]
async fn a_waiter_takes_over_when_the_exchanging_call_is_dropped() {
    let clock = ManualClock::new();
    let (slow, fake, channel) = slow(&clock, 0);
    let first = spawn(&channel);
    settle().await;
    let others = crowd(&channel, 10_000).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    for _ in 0..1000 {
        settle().await;
    }
    assert_eq!(slow.exchanges.load(Ordering::SeqCst), 2);
    clock.advance(seconds(1));
    for task in others {
        task.await.unwrap().unwrap();
    }
    assert_eq!(slow.exchanges.load(Ordering::SeqCst), 2);
    assert_eq!(fake.requests().len(), 10_000);
}

// A8
#[tokio::test]
async fn an_early_exchange_that_fails_leaves_the_old_bearer_in_use() {
    let clock = ManualClock::auto();
    let (slow, fake, channel) = slow(&clock, 0);
    let number_after = async |advance: Duration, failures: u32| {
        clock.advance(advance);
        slow.failures.store(failures, Ordering::SeqCst);
        channel.call(call(Method::GET)).await.unwrap();
        let requests = fake.requests();
        let bearer = requests.last().unwrap().headers()["authorization"].clone();
        (
            bearer.to_str().unwrap().to_owned(),
            slow.exchanges.load(Ordering::SeqCst),
        )
    };
    let is = |bearer: &str, exchanges| (format!("Bearer bearer-{bearer}"), exchanges);
    assert_eq!(number_after(Duration::ZERO, 0).await, is("0", 1));
    assert_eq!(
        number_after(HOUR - seconds(301), 1).await,
        is("0", 1),
        "not yet due"
    );
    assert_eq!(
        number_after(seconds(2), 1).await,
        is("0", 2),
        "due, but it fails"
    );
    assert_eq!(
        number_after(Duration::ZERO, 0).await,
        is("0", 2),
        "not again at once"
    );
    assert_eq!(
        number_after(seconds(2), 0).await,
        is("2", 3),
        "again after a pause"
    );
}

// A9
#[tokio::test]
async fn a_rejected_bearer_is_exchanged_once_and_the_call_is_repeated() {
    for method in [Method::GET, Method::POST] {
        let good = FakeResponse::json(call(method.clone()).success, "{}");
        let fake = FakeTransport::script([
            bearer("one"),
            FakeResponse::status(401),
            bearer("two"),
            good,
        ]);
        let response = channel(&fake, &ManualClock::auto())
            .call(call(method))
            .await
            .unwrap();
        assert_eq!(response.attempts(), 2);
        let requests = [
            "/x/login -",
            "/x/v1/things Bearer one",
            "/x/login -",
            "/x/v1/things Bearer two",
        ];
        assert_eq!(summaries(&fake.into_requests()), requests);
    }
    let script = [
        bearer("one"),
        FakeResponse::status(401),
        bearer("two"),
        FakeResponse::status(401),
    ];
    let fake = FakeTransport::script(script);
    let error = channel(&fake, &ManualClock::auto())
        .call(call(Method::GET))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Credential(CredentialFailure::Rejected)
    );
    fake.finish();
}

/// A pending request: its credential, and the sender of its status.
pub(crate) type PendingRequest = (String, oneshot::Sender<u16>);

/// A transport to whose requests the test responds one by one.
pub(crate) fn manual_responses() -> (impl Transport, mpsc::UnboundedReceiver<PendingRequest>) {
    let (ask, requests) = mpsc::unbounded_channel();
    let transport = from_fn(move |request: Request<Bytes>| {
        let (response, status) = oneshot::channel();
        let bearer = request.headers()["authorization"].to_str().unwrap();
        ask.send((bearer.to_owned(), response)).unwrap();
        async move {
            let response = Response::builder()
                .status(status.await.unwrap())
                .header("content-type", "application/json")
                .body(Bytes::from_static(b"{}"));
            Ok(response.unwrap())
        }
    });
    (transport, requests)
}

// A9
#[tokio::test]
async fn a_late_refusal_of_an_old_bearer_leaves_the_new_one_in_use() {
    let clock = ManualClock::new();
    let (slow, _, _) = slow(&clock, 0);
    let (transport, mut requests) = manual_responses();
    let channel = builder()
        .credentials(CachedCredential::new(Shared(slow.clone())))
        .build_with(transport, clock.clone())
        .unwrap();
    let mut tasks = crowd(&channel, 1000).await;
    clock.advance(seconds(1));
    let mut on_their_way = Vec::new();
    for _ in &tasks {
        let (bearer, response) = requests.recv().await.unwrap();
        assert_eq!(bearer, "Bearer bearer-0");
        on_their_way.push(response);
    }

    let first = on_their_way.remove(0);
    first.send(401).unwrap();
    settle().await;
    clock.advance(seconds(1));
    let (bearer, response) = requests.recv().await.unwrap();
    assert_eq!(bearer, "Bearer bearer-1");
    response.send(200).unwrap();
    tasks.remove(0).await.unwrap().unwrap();

    for response in on_their_way {
        response.send(401).unwrap();
        settle().await;
        let (bearer, response) = requests.try_recv().unwrap();
        assert_eq!(bearer, "Bearer bearer-1");
        response.send(200).unwrap();
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(slow.exchanges.load(Ordering::SeqCst), 2);
}

// A13
#[tokio::test]
async fn a_missing_permission_does_not_refresh_the_bearer() {
    let missing_role = FakeResponse::json(401, r#"{"code":"missing_role","message":"no"}"#);
    for refusal in [FakeResponse::status(403), missing_role] {
        let fake = FakeTransport::script([bearer("one"), refusal]);
        let error = channel(&fake, &ManualClock::auto())
            .call(call(Method::GET))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Api);
        fake.finish();
    }
}

// A14, U15
#[tokio::test]
async fn lifetimes_are_limited_to_twelve_hours_and_unknown_ones_to_five_minutes() {
    struct Lasting(Duration, Arc<AtomicU32>);
    impl TokenExchange for Lasting {
        async fn exchange(&self, _: &Channel) -> Result<IssuedCredential, Error> {
            self.1.fetch_add(1, Ordering::SeqCst);
            Ok(IssuedCredential::new(
                Credential::new("Bearer", "b")?,
                self.0,
            ))
        }
    }
    let clock = ManualClock::auto();
    let with = |life| {
        let exchanges = Arc::new(AtomicU32::new(0));
        let fake = FakeTransport::respond(|_| ok());
        let provider = CachedCredential::new(Lasting(life, exchanges.clone()));
        let builder = builder().credentials(provider);
        (exchanges, builder.build_with(fake, clock.clone()).unwrap())
    };
    let (exchanges, channel) = with(Duration::MAX);
    for hours in [0, 11, 1] {
        clock.advance(HOUR * hours);
        channel.call(call(Method::GET)).await.unwrap();
    }
    assert_eq!(exchanges.load(Ordering::SeqCst), 2);
    for (life, waits) in [
        (Duration::ZERO, [0, 200_000, 101_000]),
        (Duration::from_nanos(1), [0, 899, 101]),
    ] {
        let (exchanges, channel) = with(life);
        for (wait, count) in waits.into_iter().zip([1, 1, 2]) {
            clock.advance(Duration::from_millis(wait));
            channel.call(call(Method::GET)).await.unwrap();
            assert_eq!(exchanges.load(Ordering::SeqCst), count, "{life:?} {wait}");
        }
    }
}

// T57
#[test]
fn a_credential_that_is_invalid_in_a_header_is_refused_and_not_echoed() {
    use gatelet_transport::{ApiToken, Bearer};
    let long = "canary".repeat(11_000);
    for token in [
        "canary\r",
        "can\rary",
        "can\nary",
        "can\0ary",
        " canary",
        "canary ",
        "canaryé",
        "canary😀",
        "",
        &long,
    ] {
        for error in [
            ApiToken::new(token).unwrap_err(),
            Bearer::new(token).unwrap_err(),
        ] {
            assert_eq!(
                error.kind(),
                &ErrorKind::InvalidInput { parameter: "token" }
            );
            assert!(!format!("{error} {error:?}").contains("ary"), "{error}");
        }
    }
}

// T58
#[test]
fn a_trailing_newline_and_an_invalid_user_agent_are_refused() {
    use gatelet_transport::Bearer;
    for token in ["canary\n", "canary\r\n"] {
        assert!(
            Bearer::new(token)
                .unwrap_err()
                .to_string()
                .contains("trailing newline")
        );
    }
    for suffix in ["", "a\r\nb", "a\n", "ü"] {
        let fake = FakeTransport::script([]);
        let error = builder()
            .user_agent(suffix)
            .build_with(fake, ManualClock::new())
            .unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::InvalidInput {
                parameter: "user_agent"
            }
        );
    }
}

#[tokio::test]
async fn an_authenticated_call_needs_credentials() {
    let fake = FakeTransport::script([]);
    let bare = Channel::builder(BaseUrl::parse("https://h").unwrap(), crate::Plain)
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    let error = bare.call(call(Method::GET)).await.unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::InvalidInput {
            parameter: "credentials"
        }
    );
    fake.finish();
}

// M27
#[test]
fn debug_output_shows_no_secret() {
    use gatelet_transport::{ApiToken, Bearer};
    let fake = FakeTransport::script([]);
    let credential = Credential::new("Bearer", "canary").unwrap();
    let issued = IssuedCredential::new(credential.clone(), HOUR);
    let token = ApiToken::new("canary").unwrap();
    let builder = builder().credentials(Bearer::new("canary").unwrap());
    let text = format!("{credential:#?} {issued:#?} {token:#?} {builder:#?}");
    let channel = builder.build_with(fake, ManualClock::new()).unwrap();
    let text = format!("{text} {channel:#?} {:#?}", CachedCredential::new(Login));
    assert!(
        text.contains("[redacted]") && !text.contains("canary"),
        "{text}"
    );
}
