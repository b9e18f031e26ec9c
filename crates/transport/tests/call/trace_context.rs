//! The trace context of requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{ChannelBuilder, TraceContext};
use http::Method;

use crate::{builder, call};

fn context(span: u64) -> TraceContext {
    let parent = format!("00-0af7651916cd43dd8448eb211c80319c-{span:016x}-01");
    TraceContext::new(&parent).unwrap()
}

/// Makes two calls, the first with two attempts, and returns the values of a field in the three requests.
async fn carried(builder: ChannelBuilder, field: &str) -> Vec<Option<String>> {
    let responses = [
        FakeResponse::status(503),
        FakeResponse::json(200, "{}"),
        FakeResponse::json(201, "{}"),
    ];
    let fake = FakeTransport::script(responses);
    let channel = builder
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    assert_eq!(channel.call(call(Method::GET)).await.unwrap().attempts(), 2);
    channel.call(call(Method::POST)).await.unwrap();
    let carried = |request: &http::Request<_>| {
        let value = request.headers().get(field)?;
        Some(value.to_str().unwrap().to_owned())
    };
    fake.into_requests().iter().map(carried).collect()
}

#[tokio::test]
async fn each_attempt_sends_the_trace_context_of_the_hook() {
    let spans = Arc::new(AtomicU64::new(1));
    let hook = move || Some(context(spans.fetch_add(1, Ordering::SeqCst)));
    let expected = [1, 2, 3].map(|span| {
        Some(format!(
            "00-0af7651916cd43dd8448eb211c80319c-{span:016x}-01"
        ))
    });
    let builder = builder().trace_context(hook);
    assert_eq!(carried(builder, "traceparent").await, expected);
}

#[tokio::test]
async fn tracestate_is_sent_with_traceparent() {
    let hook = || context(1).with_state("a=b").ok();
    let builder = builder().trace_context(hook);
    assert_eq!(
        carried(builder, "tracestate").await,
        [(); 3].map(|()| Some("a=b".to_owned()))
    );
}

#[tokio::test]
async fn no_trace_context_is_sent_without_a_hook() {
    for builder in [builder(), builder().trace_context(|| None)] {
        assert_eq!(carried(builder, "traceparent").await, [None, None, None]);
    }
}

#[tokio::test]
async fn a_hook_that_panics_stops_no_call() {
    let calls = AtomicU64::new(1);
    let hook = move || match calls.fetch_add(1, Ordering::SeqCst) {
        2 => panic!("as the test wants"),
        span => Some(context(span)),
    };
    let carried = carried(builder().trace_context(hook), "traceparent").await;
    let carried: Vec<bool> = carried.iter().map(Option::is_some).collect();
    assert_eq!(carried, [true, false, true]);
}
