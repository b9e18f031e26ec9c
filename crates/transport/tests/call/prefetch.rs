//! Lists that prefetch the next page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use gatelet_transport::{
    CachedCredential, CallTimeouts, Clock as _, Credential, ErrorKind, IssuedCredential, Page,
    PageToken, Pages, PaginationFailure, Phase, TokenExchange, TransportErrorKind, from_fn,
};

use super::*;

/// Returns a list of numbered pages: `/list?n` contains item `n` and links to `n + 1`, up to the last.
fn pages(channel: &Channel, last: u32) -> Pages<u32> {
    let this = channel.clone();
    let start = PageToken::new("1").ok();
    channel.pages("test Operation", start, move |token| {
        let channel = this.clone();
        async move {
            let mut call = call(Method::GET);
            call.query = token.map(|token| token.to_string());
            let number: u32 = channel.call(call).await?.json()?;
            let next = (number < last).then(|| PageToken::new((number + 1).to_string()));
            Ok(Page::new(vec![number], next.transpose()?))
        }
    })
}

fn number(request: &http::Request<bytes::Bytes>) -> u32 {
    request.uri().query().unwrap().parse().unwrap()
}

/// Returns each page at once.
fn numbered() -> FakeTransport {
    FakeTransport::respond(|request| FakeResponse::json(200, number(request).to_string()))
}

fn requests(fake: &FakeTransport) -> Vec<u32> {
    fake.requests().iter().map(number).collect()
}

/// Polls once.
async fn now<F: Future>(future: F) -> Poll<F::Output> {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

#[tokio::test]
async fn the_next_page_is_requested_before_a_page_is_returned() {
    let fake = numbered();
    let mut pages = pages(&channel(&fake, &ManualClock::auto()), 3);
    let mut seen = Vec::new();
    assert!(
        requests(&fake).is_empty(),
        "nothing is requested before the first poll"
    );
    while let Some(page) = pages.try_next().await.unwrap() {
        seen.push((page.items[0], requests(&fake).len()));
    }
    assert_eq!(seen, [(1, 2), (2, 3), (3, 3)], "and none beyond the last");
    assert_eq!(requests(&fake), [1, 2, 3]);
}

#[tokio::test]
async fn without_prefetch_a_page_is_requested_in_its_turn() {
    let fake = numbered();
    let mut pages = pages(&channel(&fake, &ManualClock::auto()), 3).prefetch(false);
    let mut seen = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        seen.push((page.items[0], requests(&fake).len()));
    }
    assert_eq!(seen, [(1, 1), (2, 2), (3, 3)]);
}

#[tokio::test]
async fn stopping_early_wastes_one_request() {
    let fake = numbered();
    let mut items = pages(&channel(&fake, &ManualClock::auto()), 100).items();
    for wanted in 1..=5 {
        assert_eq!(items.try_next().await.unwrap(), Some(wanted));
    }
    drop(items);
    assert_eq!(requests(&fake), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn prefetching_respects_the_page_limit() {
    let fake = numbered();
    let mut pages = pages(&channel(&fake, &ManualClock::auto()), 100).page_limit(2);
    while let Ok(page) = pages.try_next().await {
        assert!(page.is_some(), "it ends with an error");
    }
    assert_eq!(requests(&fake), [1, 2]);
}

#[tokio::test]
async fn the_page_token_advances_only_with_a_returned_page() {
    let fake = numbered();
    let shared = channel(&fake, &ManualClock::auto());
    let mut pages = pages(&shared, 4);
    assert_eq!(pages.page_token().unwrap().as_str(), "1");
    pages.try_next().await.unwrap();
    assert_eq!(requests(&fake), [1, 2], "the second page is here");
    assert_eq!(pages.page_token().unwrap().as_str(), "2");
}

#[tokio::test]
async fn a_prefetched_error_is_returned_in_its_turn_and_can_be_resumed() {
    let fake = FakeTransport::respond(|request| match number(request) {
        2 => FakeResponse::json(403, r#"{"code": "no", "message": "no"}"#),
        number => FakeResponse::json(200, number.to_string()),
    });
    let mut pages = pages(&channel(&fake, &ManualClock::auto()), 3);
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, [1]);
    assert_eq!(requests(&fake), [1, 2]);
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(error.resume_token().unwrap().as_str(), "2");
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(requests(&fake), [1, 2]);
}

#[tokio::test]
async fn a_loop_is_not_prefetched() {
    let fake = numbered();
    let shared = channel(&fake, &ManualClock::auto());
    let mut pages = Pages::new(PageToken::new("1").ok(), move |_| {
        let channel = shared.clone();
        async move {
            let call = call(Method::GET).with_query("1");
            let number: u32 = channel.call(call).await?.json()?;
            Ok(Page::new(vec![number], Some(PageToken::new("1")?)))
        }
    });
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, [1]);
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Pagination(PaginationFailure::Loop)
    );
    assert_eq!(requests(&fake), [1]);
}

/// A server that takes this long for a page, polled or not.
async fn time_of_list(prefetches: bool) -> Duration {
    let clock = ManualClock::new();
    let server = clock.clone();
    let transport = from_fn(move |request| {
        let end = server.monotonic() + Duration::from_millis(20);
        let clock = server.clone();
        async move {
            clock.sleep(end.saturating_sub(clock.monotonic())).await;
            let body = number(&request).to_string();
            let response = http::Response::builder().header("content-type", "application/json");
            Ok(response.body(body.into()).unwrap())
        }
    });
    let channel = builder().build_with(transport, clock.clone()).unwrap();
    let mut pages = pages(&channel, 10).prefetch(prefetches);
    let mut handed_out = 0;
    loop {
        let next = {
            let mut next = Box::pin(pages.try_next());
            loop {
                match now(next.as_mut()).await {
                    Poll::Ready(next) => break next.unwrap(),
                    Poll::Pending => clock.advance(Duration::from_millis(1)),
                }
            }
        };
        let Some(page) = next else { break };
        handed_out += page.items.len();
        // The caller works.
        clock.advance(Duration::from_millis(20));
    }
    assert_eq!(handed_out, 10);
    clock.monotonic()
}

#[tokio::test]
async fn the_server_and_the_caller_work_concurrently() {
    assert_eq!(time_of_list(false).await, Duration::from_millis(400));
    assert_eq!(time_of_list(true).await, Duration::from_millis(220));
}

/// Counts the requests in flight.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn dropping_a_list_cancels_its_prefetch() {
    let under_way = Arc::new(AtomicUsize::new(0));
    let count = under_way.clone();
    let transport = from_fn(move |request| {
        let under_way = UnderWay::begin(&count);
        async move {
            if number(&request) == 2 {
                std::future::pending::<()>().await;
            }
            drop(under_way);
            let response = http::Response::builder().header("content-type", "application/json");
            Ok(response.body("1".into()).unwrap())
        }
    });
    let channel = builder().build_with(transport, ManualClock::new()).unwrap();
    let mut pages = pages(&channel, 3);
    pages.try_next().await.unwrap();
    assert_eq!(under_way.load(Ordering::SeqCst), 1);
    assert!(now(pages.try_next()).await.is_pending(), "a dropped wait");
    assert_eq!(under_way.load(Ordering::SeqCst), 1, "keeps what was begun");
    drop(pages);
    assert_eq!(under_way.load(Ordering::SeqCst), 0);
}

/// Runs a list whose second page fails this way once, when it is polled after an hour.
async fn after_an_hour(response: fn() -> FakeResponse) -> (Result<Vec<u32>, Error>, Vec<u32>) {
    let clock = ManualClock::new();
    let fake = FakeTransport::respond({
        let requests = AtomicUsize::new(0);
        move |request| match requests.fetch_add(1, Ordering::SeqCst) {
            1 => response(),
            _ => FakeResponse::json(200, number(request).to_string()),
        }
    });
    let (inner, sleeper) = (fake.clone(), clock.clone());
    let transport = from_fn(move |request| {
        let (inner, clock) = (inner.clone(), sleeper.clone());
        async move {
            if inner.requests().len() == 1 {
                // The response arrives unpolled.
                clock.sleep(Duration::from_secs(1)).await;
            }
            gatelet_transport::Transport::send(&inner, request).await
        }
    });
    let channel = builder()
        .retry(RetryPolicy::never())
        .timeouts(CallTimeouts::default())
        .build_with(transport, clock.clone())
        .unwrap();
    let mut pages = pages(&channel, 3);
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, [1]);
    clock.advance(seconds(3600));
    let rest: Result<Vec<_>, Error> = pages.try_collect().await;
    let rest = rest.map(|pages| pages.into_iter().flatten().collect());
    (rest, requests(&fake))
}

#[tokio::test]
async fn the_callers_time_does_not_time_out_the_next_page() {
    let (rest, requests) = after_an_hour(|| FakeResponse::json(200, "2")).await;
    assert_eq!((rest.unwrap(), requests), (vec![2, 3], vec![1, 2, 3]));
    // These have no attempts left, so the page is requested again.
    for response in [FakeResponse::hang, || FakeResponse::status(503)] {
        let (rest, requests) = after_an_hour(response).await;
        assert_eq!((rest.unwrap(), requests), (vec![2, 3], vec![1, 2, 2, 3]));
    }
    // More time would not have helped.
    let (rest, requests) = after_an_hour(|| FakeResponse::json(403, "{}")).await;
    assert_eq!(rest.unwrap_err().status().unwrap(), 403);
    assert_eq!(requests, [1, 2]);
    let interrupted = || FakeResponse::error(TransportErrorKind::Timeout(Phase::Connect));
    assert!(after_an_hour(interrupted).await.0.is_ok());
}

/// Bearers that last a minute.
struct Minutes;

impl TokenExchange for Minutes {
    async fn exchange(&self, channel: &Channel) -> Result<IssuedCredential, Error> {
        let mut exchange = call(Method::POST);
        exchange.authenticated = false;
        exchange.query = Some("0".into());
        exchange.success = 200;
        channel.call(exchange).await?;
        Ok(IssuedCredential::new(
            Credential::new("Bearer", "example")?,
            seconds(60),
        ))
    }
}

#[tokio::test]
async fn nothing_is_prefetched_while_a_refresh_is_due() {
    let (fake, clock) = (numbered(), ManualClock::auto());
    let channel = builder()
        .credentials(CachedCredential::new(Minutes))
        .build_with(fake.clone(), clock.clone())
        .unwrap();
    let mut pages = pages(&channel, 4);
    assert!(!channel.is_ready());
    pages.try_next().await.unwrap();
    assert!(channel.is_ready());
    assert_eq!(requests(&fake), [0, 1, 2]);
    clock.advance(seconds(55));
    // An unpolled exchange would block every other call of the client.
    pages.try_next().await.unwrap();
    assert_eq!(requests(&fake), [0, 1, 2]);
    channel
        .call(call(Method::GET).with_query("9"))
        .await
        .unwrap();
    pages.try_next().await.unwrap();
    assert_eq!(requests(&fake), [0, 1, 2, 0, 9, 3, 4]);
}
