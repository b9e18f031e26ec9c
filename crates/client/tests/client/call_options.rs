//! Options of one call, in place of the client's.

use std::time::Duration;

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{CallTimeouts, Channel, Clock as _, Error, ErrorKind, Phase, RetryPolicy};

use crate::support::{TOKEN, URL, authorized, get, list};

/// A client over a script, with limits and a retry policy of its own.
fn client(
    script: impl IntoIterator<Item = FakeResponse>,
    timeouts: CallTimeouts,
    retry: RetryPolicy,
) -> (Channel, FakeTransport, ManualClock) {
    let (fake, clock) = (FakeTransport::script(script), ManualClock::auto());
    let client = authorized(URL)
        .timeouts(timeouts)
        .retry(retry)
        .build_with(fake.clone(), clock.clone());
    (client.unwrap(), fake, clock)
}

fn defaults(
    script: impl IntoIterator<Item = FakeResponse>,
) -> (Channel, FakeTransport, ManualClock) {
    client(script, CallTimeouts::default(), RetryPolicy::default())
}

fn found() -> FakeResponse {
    FakeResponse::json(200, TOKEN)
}

fn unavailable() -> FakeResponse {
    FakeResponse::status(503)
}

#[track_caller]
fn assert_timed_out(error: &Error) {
    assert_eq!(error.kind(), &ErrorKind::Timeout(Phase::Total), "{error}");
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_shorter_timeout_of_a_call_ends_it_before_the_clients() {
    let (client, fake, clock) = defaults([FakeResponse::hang()]);
    let before = clock.monotonic();
    let error = get(&client).timeout(seconds(5)).send().await.unwrap_err();
    assert_timed_out(&error);
    assert_eq!(clock.monotonic() - before, seconds(5));
    fake.finish();
}

#[tokio::test]
async fn a_longer_timeout_of_a_call_outlasts_the_clients() {
    let late = || FakeResponse::status(429).with_header("retry-after", "20");
    let short = CallTimeouts::default().total(seconds(10));
    let (client, fake, clock) = client([late(), late(), found()], short, RetryPolicy::default());
    let error = get(&client).send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RateLimited), "{error}");
    let before = clock.monotonic();
    get(&client).timeout(seconds(60)).send().await.unwrap();
    assert!(clock.monotonic() - before >= seconds(20));
    fake.finish();
}

#[tokio::test]
async fn a_call_whose_retries_are_off_is_tried_once() {
    let (client, fake, _) = defaults([unavailable(), unavailable(), found()]);
    let once = get(&client).retry(RetryPolicy::never());
    let error = once.send().await.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");
    get(&client).send().await.unwrap();
    fake.finish();
}

#[tokio::test]
async fn a_call_may_be_tried_more_often_than_the_clients_policy_says() {
    let script = [unavailable(), unavailable(), unavailable(), found()];
    let (client, fake, _) = client(script, CallTimeouts::default(), RetryPolicy::never());
    let many = RetryPolicy::default().max_attempts(4);
    get(&client).retry(many).send().await.unwrap();
    fake.finish();
}

#[tokio::test]
async fn calls_with_a_policy_of_their_own_share_the_clients_retry_budget() {
    let one_retry = RetryPolicy::default().budget(14);
    let script = [unavailable(), unavailable(), unavailable()];
    let (client, fake, _) = client(script, CallTimeouts::default(), one_retry);
    let own = || RetryPolicy::default().max_attempts(2).budget(1000);
    let error = get(&client).retry(own()).send().await.unwrap_err();
    assert_eq!(error.attempts(), 2, "{error}");
    let error = get(&client).retry(own()).send().await.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");
    fake.finish();
}

#[tokio::test]
async fn the_options_of_a_list_apply_to_each_of_its_pages() {
    let page =
        format!(r#"{{"totalCount": 9, "nextPageKey": "k1", "activeGateTokens": [{TOKEN}]}}"#);
    let first = || FakeResponse::json(200, page.clone());
    let (client, fake, clock) = defaults([first(), unavailable(), first(), FakeResponse::hang()]);
    let list = || list(&client).prefetch(false);

    let mut pages = list().retry(RetryPolicy::never()).pages();
    assert!(pages.try_next().await.unwrap().is_some());
    assert_eq!(pages.try_next().await.unwrap_err().attempts(), 1);

    let mut pages = list().timeout(seconds(5)).pages();
    assert!(pages.try_next().await.unwrap().is_some());
    let before = clock.monotonic();
    assert_timed_out(&pages.try_next().await.unwrap_err());
    assert_eq!(clock.monotonic() - before, seconds(5));
    fake.finish();
}
