//! Waits and deadlines, on a manual clock.

use std::future::Future as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::UNIX_EPOCH;

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    Applied, CallTimeouts, Clock, ErrorKind, Page, PageToken, Pages, Phase, RetryPolicy,
    SendTracker, from_fn,
};
use http::Method;

use crate::{IDEMPOTENT, builder, call, channel, fail, many_attempts, seconds, times};

/// Returns the waits of a call with these responses and then a success.
async fn waits(responses: impl IntoIterator<Item = FakeResponse>) -> Vec<u128> {
    let responses = responses.into_iter().chain([FakeResponse::json(200, "{}")]);
    let fake = FakeTransport::script(responses);
    let clock = ManualClock::auto();
    let channel = builder()
        .retry(many_attempts())
        .build_with(fake.clone(), clock.clone())
        .unwrap();
    channel.call(call(Method::GET)).await.unwrap();
    fake.finish();
    clock
        .sleeps()
        .iter()
        .map(std::time::Duration::as_millis)
        .collect()
}

fn throttled(name: &str, value: &str) -> FakeResponse {
    FakeResponse::status(429).with_header(name, value)
}

// T39
#[tokio::test]
async fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    assert_eq!(waits([throttled("retry-after", "7")]).await, [7000]);
    // The backoff is longer than the delay of the server.
    assert_eq!(waits([throttled("retry-after", "0")]).await, [1000]);
    let date = httpdate::fmt_http_date(ManualClock::new().now() + seconds(9));
    assert_eq!(waits([throttled("retry-after", &date)]).await, [9000]);
    // The server's clock is years behind ours; only the difference counts.
    let skewed = throttled("retry-after", "Thu, 01 Jan 1970 00:00:10 GMT")
        .with_header("date", "Thu, 01 Jan 1970 00:00:05 GMT");
    assert_eq!(waits([skewed]).await, [5000]);
    assert_eq!(waits([throttled("retry-after", "soon")]).await, [1000]);
    assert_eq!(
        waits([FakeResponse::status(503).with_header("retry-after", "2")]).await,
        [2000]
    );
}

#[tokio::test]
async fn a_vendors_own_delay_field_counts_only_on_a_429() {
    assert_eq!(waits([throttled("x-wait", "9")]).await, [9000]);
    let down = FakeResponse::status(503).with_header("x-wait", "9");
    assert_eq!(waits([down]).await, [50]);
}

// T26
#[tokio::test]
async fn a_slow_caller_does_not_time_out_the_next_page() {
    for prefetches in [false, true] {
        let fake =
            FakeTransport::script([FakeResponse::json(200, "1"), FakeResponse::json(200, "2")]);
        let clock = ManualClock::auto();
        let shared = channel(&fake, &clock);
        let pages = Pages::new(None, move |token: Option<PageToken>| {
            let channel = shared.clone();
            async move {
                let number: u32 = channel.call(call(Method::GET)).await?.json()?;
                let next = if token.is_none() { "two" } else { "" };
                Ok(Page::new(vec![number], PageToken::new(next).ok()))
            }
        });
        let mut pages = pages.prefetch(prefetches);
        assert_eq!(pages.try_next().await.unwrap().unwrap().items, [1]);
        clock.advance(seconds(3600));
        assert_eq!(fake.requests().len(), 1 + usize::from(prefetches));
        assert_eq!(pages.try_next().await.unwrap().unwrap().items, [2]);
        assert!(pages.try_next().await.unwrap().is_none());
        fake.finish();
    }
}

// T41
#[tokio::test]
async fn a_wait_beyond_the_deadline_ends_the_call_at_once() {
    for value in ["91", "99999999999999999999999"] {
        let fake = FakeTransport::script([throttled("retry-after", value)]);
        let clock = ManualClock::auto();
        let error = channel(&fake, &clock)
            .call(call(Method::GET))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (&ErrorKind::RateLimited, 1)
        );
        assert!(error.is_throttled() && error.is_retryable());
        assert!(error.retry_after().unwrap() >= seconds(91));
        assert!(clock.sleeps().is_empty());
        fake.finish();
    }
}

// T42
#[tokio::test]
async fn the_waits_and_requests_follow_the_policy() {
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(
            waits(times(4, || FakeResponse::status(status))).await,
            [50, 100, 200, 400]
        );
        for method in IDEMPOTENT {
            let (error, requests) =
                fail(call(method), times(3, || FakeResponse::status(status))).await;
            assert_eq!((error.kind(), requests), (&ErrorKind::Api, 3));
            assert!(error.is_retryable());
        }
        let (error, requests) = fail(call(Method::POST), [FakeResponse::status(status)]).await;
        assert_eq!((requests, error.applied()), (1, Applied::Unknown));
        assert!(!error.is_retryable());
    }
    assert_eq!(
        waits(times(4, || FakeResponse::status(429))).await,
        [1000, 2000, 4000, 8000]
    );
}

// T43
#[tokio::test]
async fn a_server_that_is_down_receives_little_more_than_one_request_per_call() {
    let fake = FakeTransport::respond(|_| FakeResponse::status(503));
    let channel = channel(&fake, &ManualClock::auto());
    for _ in 0..1000 {
        let error = channel.call(call(Method::GET)).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 503);
    }
    assert_eq!(fake.requests().len(), 1035);
}

// T43
#[tokio::test]
async fn a_success_refunds_its_retry() {
    let responses = (0..200).map(|n| {
        if n % 2 == 0 {
            FakeResponse::status(503)
        } else {
            FakeResponse::json(200, "{}")
        }
    });
    let fake = FakeTransport::script(responses);
    let channel = channel(&fake, &ManualClock::auto());
    // Without refunds the budget would be spent after 35 of them.
    for _ in 0..100 {
        assert_eq!(channel.call(call(Method::GET)).await.unwrap().attempts(), 2);
    }
    fake.finish();
}

// T68
#[tokio::test]
async fn deadlines_ignore_jumps_of_the_wall_clock() {
    let clock = ManualClock::auto();
    let jumping = clock.clone();
    let fake = FakeTransport::respond(move |_| {
        let by = seconds(86_400);
        jumping.set_now(if jumping.now() > UNIX_EPOCH + by * 20_000 {
            jumping.now() - by * 2
        } else {
            jumping.now() + by
        });
        FakeResponse::status(503)
    });
    let error = channel(&fake, &clock)
        .call(call(Method::GET))
        .await
        .unwrap_err();
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.elapsed().as_millis(), 150);
}

#[tokio::test]
async fn the_whole_call_has_a_timeout() {
    let fake = FakeTransport::script(times(2, FakeResponse::hang));
    let clock = ManualClock::auto();
    let channel = builder()
        .timeouts(
            CallTimeouts::default()
                .attempt(seconds(30))
                .total(seconds(40)),
        )
        .build_with(fake.clone(), clock.clone())
        .unwrap();
    let error = channel.call(call(Method::DELETE)).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout(Phase::Total));
    assert_eq!(error.elapsed(), seconds(40));
    assert_eq!((error.attempts(), error.applied()), (2, Applied::Unknown));
    assert!(error.is_retryable());
    fake.finish();
}

/// Returns how a call ends whose transport acts like this and never responds: the number of attempts, and whether it
/// may have been applied.
async fn timed_out(method: Method, treat: fn(&SendTracker)) -> (usize, Applied) {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let transport = from_fn(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        treat(&SendTracker::of(&request));
        std::future::pending()
    });
    let channel = builder()
        .build_with(transport, ManualClock::auto())
        .unwrap();
    let error = channel.call(call(method)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error}");
    (sent.load(Ordering::Relaxed), error.applied())
}

#[tokio::test]
async fn an_attempt_that_times_out_while_queued_was_not_sent() {
    let held = timed_out(Method::POST, SendTracker::queued).await;
    assert_eq!(held, (3, Applied::No));
    let left = |tracker: &SendTracker| {
        tracker.queued();
        assert!(tracker.try_start());
    };
    assert_eq!(timed_out(Method::POST, left).await, (1, Applied::Unknown));
    let silent = timed_out(Method::POST, |_| {}).await;
    assert_eq!(silent, (1, Applied::Unknown));
}

/// Records whether its attempt had timed out when it was dropped.
struct Dropped(SendTracker, Arc<Mutex<Vec<bool>>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0.has_timed_out());
    }
}

#[tokio::test]
async fn a_transport_can_tell_a_timeout_from_a_canceled_call() {
    let expired = Arc::new(Mutex::new(Vec::new()));
    for clock in [ManualClock::new(), ManualClock::auto()] {
        let keep = expired.clone();
        let transport = from_fn(move |request| {
            let dropped = Dropped(SendTracker::of(&request), keep.clone());
            async move {
                let _dropped = dropped;
                std::future::pending().await
            }
        });
        let once = builder().retry(RetryPolicy::never());
        let channel = once.build_with(transport, clock).unwrap();
        let mut call = Box::pin(channel.call(call(Method::GET)));
        // On the stopped clock it is dropped, on the other one it times out.
        let polled = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx)));
        if polled.await.is_pending() && !expired.lock().unwrap().is_empty() {
            call.await.unwrap_err();
        }
    }
    assert_eq!(*expired.lock().unwrap(), [false, true]);
}
