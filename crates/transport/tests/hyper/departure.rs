//! Requests that had not left when their time was up.

use gatelet_transport::{
    ApiError, Applied, BaseUrl, Call, Channel, Dialect, Error, ErrorKind, HyperTransport, Phase,
    RetryPolicy, Timeouts, TokioClock, Transport,
};

use super::SHORT;
use super::wire::{Gate, Step, Wire};

struct Plain;

impl Dialect for Plain {
    fn api_error(&self, _: http::StatusCode, _: &str) -> Option<ApiError> {
        None
    }
}

/// A create with little time for its only attempt.
async fn create(wire: &Wire, transport: &HyperTransport) -> Error {
    let base = BaseUrl::parse(&wire.url("")).unwrap();
    let channel = Channel::builder(base, Plain)
        .retry(RetryPolicy::never())
        .timeouts(Timeouts::default().attempt(SHORT))
        .build_with(transport.clone(), TokioClock::new())
        .unwrap();
    let call = Call {
        operation: "test Create",
        method: http::Method::POST,
        path: "/v1/things".into(),
        query: None,
        body: Some("{}".into()),
        idempotent: false,
        success: 201,
        authenticated: false,
    };
    let error = channel.call(call).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Timeout(Phase::Attempt));
    error
}

#[tokio::test]
async fn a_request_that_waited_for_its_turn_was_not_sent() {
    let (arrived, go) = (Gate::new(), Gate::new());
    let busy = vec![
        Step::Read,
        Step::Open(arrived.clone()),
        Step::Wait(go.clone()),
        super::wire::ok("1"),
        Step::Stay,
    ];
    let wire = Wire::plays([busy]);
    let transport = HyperTransport::builder().max_in_flight(1).build();
    let first = tokio::spawn({
        let (transport, request) = (transport.clone(), wire.get());
        async move { transport.send(request).await }
    });
    arrived.pass().await;
    let error = create(&wire, &transport).await;
    assert_eq!(error.applied(), Applied::No);
    assert!(error.is_retryable());
    go.open();
    assert_eq!(first.await.unwrap().unwrap().body(), "1");
    assert_eq!(wire.finish().await.len(), 1);
}

#[tokio::test]
async fn a_request_that_the_server_has_counts_as_sent() {
    let wire = Wire::plays([vec![Step::Read, Step::ClientCloses]]);
    let error = create(&wire, &HyperTransport::new()).await;
    assert_eq!(error.applied(), Applied::Unknown);
    assert!(!error.is_retryable());
    wire.finish().await;
}
