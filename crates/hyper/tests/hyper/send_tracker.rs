//! Requests that failed before they were sent completely.

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_transport::{Applied, CallTimeouts, Error, ErrorKind, Phase, Transport};

use super::SHORT;
use super::calls::{channel, create};
use super::script::{Gate, ServerStep, head, part, rest, send};
use super::test_server::TestServer;

/// Makes a create with a short attempt timeout.
async fn hurry(server: &TestServer, transport: &HyperTransport) -> Error {
    let with_timeout = CallTimeouts::default().attempt(SHORT);
    let error = fail(server, transport, with_timeout, "{}".into()).await;
    assert_eq!(*error.kind(), ErrorKind::Timeout(Phase::Attempt));
    error
}

/// Makes a create that fails.
async fn fail(
    server: &TestServer,
    transport: &HyperTransport,
    timeouts: CallTimeouts,
    body: Bytes,
) -> Error {
    let channel = channel(server, transport, timeouts);
    channel.call(create(body)).await.unwrap_err()
}

#[tokio::test]
async fn a_request_that_timed_out_in_the_queue_was_not_sent() {
    let (arrived, go) = (Gate::new(), Gate::new());
    let busy = vec![
        ServerStep::Read,
        ServerStep::OpenGate(arrived.clone()),
        ServerStep::Wait(go.clone()),
        super::script::ok("1"),
        ServerStep::KeepOpen,
    ];
    let server = TestServer::plays([busy]);
    let transport = HyperTransport::builder().max_in_flight(1).build();
    let first = tokio::spawn({
        let (transport, request) = (transport.clone(), server.get());
        async move { transport.send(request).await }
    });
    arrived.pass().await;
    let error = hurry(&server, &transport).await;
    assert_eq!(error.applied(), Applied::No);
    assert!(error.is_retryable());
    go.open();
    assert_eq!(first.await.unwrap().unwrap().body(), "1");
    assert_eq!(server.finish().await.len(), 1);
}

#[tokio::test]
async fn a_request_that_the_server_has_counts_as_sent() {
    let server = TestServer::plays([vec![ServerStep::Read, ServerStep::ClientCloses]]);
    let error = hurry(&server, &HyperTransport::new()).await;
    assert_eq!(error.applied(), Applied::Unknown);
    assert!(!error.is_retryable());
    server.finish().await;
}

// U6
#[tokio::test]
async fn the_status_survives_a_body_that_takes_longer_than_the_attempt() {
    let wait = [("retry-after", "0"), ("content-length", "9")];
    let trickles = vec![
        ServerStep::Read,
        head(429, &wait),
        part("123"),
        ServerStep::ClientCloses,
    ];
    let half_a_head = vec![
        ServerStep::Read,
        send("HTTP/1.1 429 X\r\nretry-after: 0\r\nx"),
        ServerStep::ClientCloses,
    ];
    let created = vec![
        ServerStep::Read,
        head(201, &[("content-length", "2")]),
        rest("{}"),
    ];
    let each = TestServer::each([trickles, created.clone()]);
    for server in each.chain(TestServer::each([half_a_head, created])) {
        let transport = server.client(HyperTransport::builder());
        let channel = channel(&server, &transport, CallTimeouts::default().attempt(SHORT));
        let response = channel.call(create("{}".into())).await.unwrap();
        assert_eq!((response.attempts(), response.status().as_u16()), (2, 201));
        server.finish().await;
    }
}

/// More than all buffers on the way accept.
static LARGE: [u8; 32 << 20] = [b'x'; 32 << 20];

// T46
#[tokio::test]
async fn a_partly_sent_create_was_not_applied_and_is_not_retried() {
    for end in [ServerStep::Reset, ServerStep::Close] {
        for server in TestServer::each([vec![ServerStep::ReadSome, end]]) {
            let transport = server.client(HyperTransport::builder());
            let large = Bytes::from_static(&LARGE);
            let error = fail(&server, &transport, CallTimeouts::default(), large).await;
            assert_eq!(*error.kind(), ErrorKind::Interrupted, "{error:?}");
            assert_eq!((error.attempts(), error.applied()), (1, Applied::No));
            assert!(error.is_retryable());
            server.finish().await;
        }
    }
}

// T24
#[tokio::test]
async fn a_create_that_the_server_does_not_read_was_not_applied() {
    let with_timeout = || HyperTransport::builder().first_byte_timeout(SHORT);
    for (builder, timeouts, phase) in [
        (with_timeout(), CallTimeouts::default(), Phase::FirstByte),
        (
            HyperTransport::builder(),
            CallTimeouts::default().attempt(SHORT),
            Phase::Attempt,
        ),
        (
            HyperTransport::builder(),
            CallTimeouts::default().total(SHORT),
            Phase::Total,
        ),
    ] {
        for server in TestServer::each([vec![ServerStep::ReadSome, ServerStep::KeepOpen]]) {
            let transport = server.client(builder.clone());
            let large = Bytes::from_static(&LARGE);
            let error = fail(&server, &transport, timeouts, large).await;
            assert_eq!(*error.kind(), ErrorKind::Timeout(phase));
            assert_eq!((error.attempts(), error.applied()), (1, Applied::No));
            server.finish().await;
        }
    }
}
