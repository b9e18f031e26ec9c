//! Requests that had not left, or not wholly, when they failed.

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_transport::{Applied, CallTimeouts, Error, ErrorKind, Phase, Transport};

use super::SHORT;
use super::calls::{channel, create};
use super::script::{Gate, Step, head, part, rest, send};
use super::wire::Wire;

/// A create with little time for an attempt.
async fn hurry(wire: &Wire, transport: &HyperTransport) -> Error {
    let hurried = CallTimeouts::default().attempt(SHORT);
    let error = fail(wire, transport, hurried, "{}".into()).await;
    assert_eq!(*error.kind(), ErrorKind::Timeout(Phase::Attempt));
    error
}

/// A create that fails.
async fn fail(
    wire: &Wire,
    transport: &HyperTransport,
    timeouts: CallTimeouts,
    body: Bytes,
) -> Error {
    let channel = channel(wire, transport, timeouts);
    channel.call(create(body)).await.unwrap_err()
}

#[tokio::test]
async fn a_request_that_waited_for_its_turn_was_not_sent() {
    let (arrived, go) = (Gate::new(), Gate::new());
    let busy = vec![
        Step::Read,
        Step::Open(arrived.clone()),
        Step::Wait(go.clone()),
        super::script::ok("1"),
        Step::Stay,
    ];
    let wire = Wire::plays([busy]);
    let transport = HyperTransport::builder().max_in_flight(1).build();
    let first = tokio::spawn({
        let (transport, request) = (transport.clone(), wire.get());
        async move { transport.send(request).await }
    });
    arrived.pass().await;
    let error = hurry(&wire, &transport).await;
    assert_eq!(error.applied(), Applied::No);
    assert!(error.is_retryable());
    go.open();
    assert_eq!(first.await.unwrap().unwrap().body(), "1");
    assert_eq!(wire.finish().await.len(), 1);
}

#[tokio::test]
async fn a_request_that_the_server_has_counts_as_sent() {
    let wire = Wire::plays([vec![Step::Read, Step::ClientCloses]]);
    let error = hurry(&wire, &HyperTransport::new()).await;
    assert_eq!(error.applied(), Applied::Unknown);
    assert!(!error.is_retryable());
    wire.finish().await;
}

// U6
#[tokio::test]
async fn a_status_is_not_lost_with_a_body_that_takes_longer_than_an_attempt() {
    let wait = [("retry-after", "0"), ("content-length", "9")];
    let trickles = vec![
        Step::Read,
        head(429, &wait),
        part("123"),
        Step::ClientCloses,
    ];
    let half_a_head = vec![
        Step::Read,
        send("HTTP/1.1 429 X\r\nretry-after: 0\r\nx"),
        Step::ClientCloses,
    ];
    let created = vec![
        Step::Read,
        head(201, &[("content-length", "2")]),
        rest("{}"),
    ];
    let each = Wire::each([trickles, created.clone()]);
    for wire in each.chain(Wire::each([half_a_head, created])) {
        let transport = wire.client(HyperTransport::builder());
        let channel = channel(&wire, &transport, CallTimeouts::default().attempt(SHORT));
        let reply = channel.call(create("{}".into())).await.unwrap();
        assert_eq!((reply.attempts(), reply.status().as_u16()), (2, 201));
        wire.finish().await;
    }
}

/// More than all buffers on the way take.
static LARGE: [u8; 32 << 20] = [b'x'; 32 << 20];

// T46
#[tokio::test]
async fn a_create_that_left_in_part_was_not_applied_and_is_not_repeated() {
    for end in [Step::Reset, Step::Close] {
        for wire in Wire::each([vec![Step::ReadSome, end]]) {
            let transport = wire.client(HyperTransport::builder());
            let large = Bytes::from_static(&LARGE);
            let error = fail(&wire, &transport, CallTimeouts::default(), large).await;
            assert_eq!(*error.kind(), ErrorKind::Interrupted, "{error:?}");
            assert_eq!((error.attempts(), error.applied()), (1, Applied::No));
            assert!(error.is_retryable());
            wire.finish().await;
        }
    }
}

// T24
#[tokio::test]
async fn a_create_that_the_server_does_not_read_was_not_applied() {
    let hurried = || HyperTransport::builder().first_byte_timeout(SHORT);
    for (builder, timeouts, phase) in [
        (hurried(), CallTimeouts::default(), Phase::FirstByte),
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
        for wire in Wire::each([vec![Step::ReadSome, Step::Stay]]) {
            let transport = wire.client(builder.clone());
            let large = Bytes::from_static(&LARGE);
            let error = fail(&wire, &transport, timeouts, large).await;
            assert_eq!(*error.kind(), ErrorKind::Timeout(phase));
            assert_eq!((error.attempts(), error.applied()), (1, Applied::No));
            wire.finish().await;
        }
    }
}
