//! What `HyperTransport` makes of servers that misbehave on one HTTP/1.1 exchange.

#![cfg(feature = "hyper")]
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed assumption fails the test.

mod wire;

use std::time::Duration;

use bytes::Bytes;
use gatelet_transport::{
    ConnectFailure, HyperTransport, HyperTransportBuilder, Phase, TooLarge, Transport,
    TransportError, TransportErrorKind,
};
use http::{Method, StatusCode};
use wire::{Step, Wire, ok, send, words};

/// Short enough for a test that waits for it, long enough that nothing else meets it.
const SHORT: Duration = Duration::from_millis(100);

/// What went wrong with a GET against this script, checked for secrets.
async fn failure(script: Vec<Step>) -> TransportError {
    failure_of(HyperTransport::builder(), script).await
}

async fn failure_of(builder: HyperTransportBuilder, script: Vec<Step>) -> TransportError {
    let wire = Wire::plays([script]);
    let error = builder.build().send(wire.get()).await.unwrap_err();
    words(&error);
    wire.finish().await;
    error
}

fn answers(text: &str) -> Vec<Step> {
    vec![Step::Read, send(text), Step::ClientCloses]
}

#[tokio::test]
async fn a_request_arrives_as_it_was_meant() {
    let wire = Wire::plays([vec![Step::Read, ok("[]"), Step::Stay]]);
    let mut request = wire.post();
    // Where the message ends is not for the caller to say.
    request.headers_mut().insert("content-length", 3.into());
    let response = HyperTransport::new().send(request).await.unwrap();
    assert_eq!(response.body(), &Bytes::from_static(b"[]"));
    let requests = wire.finish().await;
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let lines: Vec<_> = head.lines().collect();
    assert!(lines[0].starts_with("POST /v1/things?secret="), "{head}");
    assert!(lines.contains(&"content-length: 7"), "{head}");
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("host: 127.0.0.1:"))
            .count(),
        1
    );
    assert_eq!(
        lines.len(),
        4,
        "nothing is added but what HTTP needs: {head}"
    );
    assert_eq!(body, "{\"a\":1}");
}

#[tokio::test]
async fn t01_a_refused_connection_is_not_sent() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    let request = http::Request::post(uri).body(Bytes::new()).unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert_eq!(
        error.kind(),
        TransportErrorKind::Connect(ConnectFailure::Refused)
    );
    assert!(!error.was_sent());
}

#[tokio::test]
async fn t02_a_name_that_does_not_resolve_is_named() {
    let uri = format!("http://no-such-host.invalid/v1?secret={}", wire::CANARY);
    let request = http::Request::get(uri).body(Bytes::new()).unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert_eq!(
        error.kind(),
        TransportErrorKind::Connect(ConnectFailure::Dns)
    );
    assert!(!error.was_sent());
    assert!(words(&error).contains("no-such-host.invalid"));
}

#[tokio::test]
async fn t04_a_connect_that_hangs_ends_in_time() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Fill the backlog until the system leaves a connection hanging.
    let mut fillers = Vec::new();
    let full = loop {
        let filler = tokio::spawn(tokio::net::TcpStream::connect(address));
        #[allow(clippy::disallowed_methods)] // Only time shows that a connection hangs.
        tokio::time::sleep(Duration::from_millis(20)).await;
        fillers.push(filler);
        if fillers.iter().any(|filler| !filler.is_finished()) {
            break true;
        }
        if fillers.len() > 64 {
            break false;
        }
    };
    assert!(full, "the backlog never filled");
    let transport = HyperTransport::builder().connect_timeout(SHORT).build();
    let request = http::Request::get(format!("http://{address}/"))
        .body(Bytes::new())
        .unwrap();
    let error = transport.send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Connect));
    assert!(!error.was_sent());
}

#[tokio::test]
async fn t08_a_reset_right_after_accept_is_never_an_answer() {
    let wire = Wire::plays([vec![Step::Reset]]);
    let error = HyperTransport::new().send(wire.post()).await.unwrap_err();
    // Whether a byte was written before the reset came is a race; what is said of it must fit.
    match error.kind() {
        TransportErrorKind::Interrupted => assert!(error.was_sent()),
        TransportErrorKind::Connect(_) => assert!(!error.was_sent()),
        other => panic!("{other:?}"),
    }
    wire.finish().await;
}

#[tokio::test]
async fn t09_a_reset_after_the_request_is_an_interruption() {
    let error = failure(vec![Step::Read, Step::Reset]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert!(error.was_sent());
    assert_eq!(error.status(), None);
}

#[tokio::test]
async fn t10_an_empty_reply_is_an_interruption() {
    for half in ["", "HTTP/1.1", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let error = failure(vec![Step::Read, send(half)]).await;
        assert_eq!(error.kind(), TransportErrorKind::Interrupted, "{half}");
        assert!(error.was_sent());
        assert_eq!(error.status(), None);
    }
}

#[tokio::test]
async fn t11_a_body_that_breaks_off_is_no_body() {
    let created = "HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\n12345";
    for end in [vec![Step::Reset], vec![]] {
        let mut script = vec![Step::Read, send(created)];
        script.extend(end);
        let error = failure(script).await;
        assert_eq!(error.kind(), TransportErrorKind::Interrupted);
        assert!(error.was_sent());
        // A reset may overtake the head; an end in peace cannot.
        assert!(
            error
                .status()
                .is_none_or(|status| status == StatusCode::CREATED)
        );
    }
}

#[tokio::test]
async fn t15_a_length_that_is_none_is_a_protocol_error() {
    for length in [
        "-2",
        "+2",
        "2, 3",
        "18446744073709551616",
        "2\r\ncontent-length: 3",
        "0x2",
        "",
    ] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n[]");
        let error = failure(answers(&head)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{length}");
        assert!(error.was_sent());
    }
}

#[tokio::test]
async fn t15_a_length_beside_the_truth_never_yields_a_longer_or_mixed_body() {
    let long = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n[]";
    let error = failure(vec![Step::Read, send(long)]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert_eq!(error.status(), Some(StatusCode::OK));
}

#[tokio::test]
async fn t18_chunks_that_are_none_are_protocol_errors() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let extension = format!("2;{}\r\n[]\r\n0\r\n\r\n", "x".repeat(64 * 1024));
    let trailers = format!("2\r\n[]\r\n0\r\nx: {}\r\n\r\n", "x".repeat(64 * 1024));
    let many = format!("2\r\n[]\r\n0\r\n{}\r\n", "x: y\r\n".repeat(200));
    for chunks in [
        "fffffffffffffffff\r\n[]",
        "2\r\n[]x",
        "zz\r\n",
        "-1\r\n",
        &extension,
        &trailers,
        &many,
    ] {
        let error = failure(answers(&format!("{head}{chunks}"))).await;
        let start = &chunks[..chunks.len().min(20)];
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{start}");
        assert_eq!(error.status(), Some(StatusCode::OK), "{start}");
    }
    let error = failure(vec![Step::Read, send(&format!("{head}2\r\n[]\r\n"))]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
}

#[tokio::test]
async fn t18_a_transfer_coding_other_than_chunked_is_a_protocol_error() {
    for coding in ["gzip, chunked", "identity", "chunked, identity", "gzip"] {
        let head =
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: {coding}\r\n\r\n2\r\n[]\r\n0\r\n\r\n");
        let error = failure(answers(&head)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{coding}");
    }
}

#[tokio::test]
async fn t19_a_head_beyond_its_limits_is_too_large() {
    let what = TooLarge::Head;
    let fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(101));
    let bytes = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(65 * 1024));
    for head in [fields, bytes] {
        let error = failure(answers(&head)).await;
        assert_eq!(
            error.kind(),
            TransportErrorKind::TooLarge { what, limit: 65536 }
        );
    }
    let endless = vec![
        Step::Read,
        send("HTTP/1.1 200 OK\r\n"),
        Step::Flood(b"x: y\r\n".repeat(99)),
    ];
    let error = failure(endless).await;
    assert!(matches!(
        error.kind(),
        TransportErrorKind::TooLarge {
            what: TooLarge::Head,
            ..
        }
    ));

    let few = HyperTransport::builder().max_head_fields(2);
    let error = failure_of(
        few,
        answers("HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n"),
    )
    .await;
    assert!(matches!(
        error.kind(),
        TransportErrorKind::TooLarge {
            what: TooLarge::Head,
            ..
        }
    ));
}

#[tokio::test]
async fn t19_a_head_within_its_limits_is_read() {
    let just_right = format!("HTTP/1.1 204 No Content\r\n{}\r\n", "x: y\r\n".repeat(100));
    let wire = Wire::plays([vec![Step::Read, send(&just_right), Step::Stay]]);
    let response = HyperTransport::new().send(wire.get()).await.unwrap();
    assert_eq!(response.headers().len(), 100);
    wire.finish().await;

    let huge = "y".repeat(500 * 1024);
    let head = format!(
        "HTTP/1.1 204 No Content\r\n{}x: {huge}\r\n\r\n",
        "x: y\r\n".repeat(150)
    );
    let wire = Wire::plays([vec![Step::Read, send(&head), Step::Stay]]);
    let generous = HyperTransport::builder()
        .max_head_size(1 << 20)
        .max_head_fields(151)
        .build();
    let response = generous.send(wire.get()).await.unwrap();
    assert_eq!(response.headers().len(), 151);
    wire.finish().await;
}

#[tokio::test]
async fn t20_a_body_beyond_its_limit_is_too_large() {
    let expected = TransportErrorKind::TooLarge {
        what: TooLarge::Body,
        limit: 8,
    };
    let small = || HyperTransport::builder().max_body_size(8);
    // Announced: refused before a byte of the body has come.
    let announced = answers("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n");
    let error = failure_of(small(), announced).await;
    assert_eq!(error.kind(), expected);
    assert_eq!(error.status(), Some(StatusCode::OK));
    // Chunked: refused as soon as it is known, while the server would go on for ever.
    let chunked = vec![
        Step::Read,
        send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
        Step::Flood(b"4\r\nabcd\r\n".to_vec()),
    ];
    assert_eq!(failure_of(small(), chunked).await.kind(), expected);
    let until_the_end = vec![
        Step::Read,
        send("HTTP/1.1 200 OK\r\n\r\n"),
        Step::Flood(b"abcd".to_vec()),
    ];
    assert_eq!(failure_of(small(), until_the_end).await.kind(), expected);

    let wire = Wire::plays([vec![Step::Read, ok("12345678"), Step::Stay]]);
    assert_eq!(
        small().build().send(wire.get()).await.unwrap().body().len(),
        8
    );
    wire.finish().await;
}

#[tokio::test]
async fn t20_a_length_that_is_only_announced_costs_no_memory() {
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 4611686018427387904\r\n\r\n[";
    let huge = HyperTransport::builder().max_body_size(u64::MAX);
    let error = failure_of(huge, vec![Step::Read, send(announced)]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
}

#[tokio::test]
async fn t22_a_content_encoding_that_nobody_asked_for_is_a_protocol_error() {
    let gzip = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n[]";
    let error = failure(answers(gzip)).await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
    assert!(words(&error).contains("encoding"));

    let wire = Wire::plays([vec![Step::Read, send(gzip), Step::Stay]]);
    let mut asking = wire.get();
    asking
        .headers_mut()
        .insert("accept-encoding", http::HeaderValue::from_static("gzip"));
    assert!(HyperTransport::new().send(asking).await.is_ok());
    wire.finish().await;
}

#[tokio::test]
async fn t24_a_server_that_says_nothing_is_a_first_byte_timeout() {
    let hurried = HyperTransport::builder().first_byte_timeout(SHORT);
    let error = failure_of(hurried, vec![Step::Read, Step::ClientCloses]).await;
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::FirstByte));
    assert!(error.was_sent());
}

#[tokio::test]
async fn t25_a_body_that_stands_still_is_a_stall() {
    let hurried = HyperTransport::builder().stall_timeout(SHORT);
    let error = failure_of(
        hurried,
        answers("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123"),
    )
    .await;
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Stall));
    assert_eq!(error.status(), Some(StatusCode::OK));
}

#[tokio::test]
async fn t78_progress_resets_the_stall_timer() {
    let stall = Duration::from_millis(400);
    let patient = HyperTransport::builder().stall_timeout(stall).build();
    let wire = Wire::plays([vec![
        Step::Read,
        send("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n"),
        Step::Trickle(vec![b'x'; 20], stall / 10),
        Step::Stay,
    ]]);
    let response = patient.send(wire.get()).await.unwrap();
    assert_eq!(response.body(), &vec![b'x'; 20]);
    wire.finish().await;
}

#[tokio::test]
async fn t27_interim_answers_without_end_are_a_protocol_error() {
    let endless = vec![
        Step::Read,
        Step::Flood(b"HTTP/1.1 102 Processing\r\n\r\n".to_vec()),
    ];
    let error = failure(endless).await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
    assert!(error.was_sent());
}

#[tokio::test]
async fn t27_an_answer_that_switches_protocols_is_a_protocol_error() {
    let error = failure(answers(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
    ))
    .await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
}

#[tokio::test]
async fn t28_interim_answers_before_the_real_one_are_skipped() {
    let mut interim =
        String::from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n");
    interim.push_str(&"HTTP/1.1 102 Processing\r\n\r\n".repeat(14));
    let wire = Wire::plays([vec![Step::Read, send(&interim), ok("[]"), Step::Stay]]);
    let response = HyperTransport::new().send(wire.get()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key("link"));
    wire.finish().await;
}

#[tokio::test]
async fn t33_a_redirect_is_an_answer_like_any_other() {
    let moved = "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://example.com/\r\ncontent-length: 0\r\n\r\n";
    let wire = Wire::plays([vec![Step::Read, send(moved), Step::Stay]]);
    let response = HyperTransport::new().send(wire.post()).await.unwrap();
    assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(wire.finish().await.len(), 1);
}

#[tokio::test]
async fn t67_what_is_not_http_1_1_is_a_protocol_error() {
    for answer in [
        "hello\r\n",
        "HTTP/0.9 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/1.1 099 Low\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nsplit: a\r\n b\r\n\r\n",
    ] {
        let error = failure(answers(answer)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{answer}");
        assert!(error.was_sent());
    }
}

#[tokio::test]
async fn t67_every_status_that_is_one_is_an_answer() {
    for status in [200, 299, 400, 499, 503, 600, 999] {
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
        let wire = Wire::plays([vec![Step::Read, send(&answer), Step::Stay]]);
        let response = HyperTransport::new().send(wire.get()).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        wire.finish().await;
    }
}

#[tokio::test]
async fn a_body_that_ends_with_the_connection_is_complete() {
    let wire = Wire::plays([vec![
        Step::Read,
        send("HTTP/1.1 200 OK\r\n\r\n[1,"),
        send("2]"),
    ]]);
    let response = HyperTransport::new().send(wire.get()).await.unwrap();
    assert_eq!(response.body(), &Bytes::from_static(b"[1,2]"));
    wire.finish().await;
}

#[tokio::test]
async fn a_large_body_in_many_pieces_is_whole() {
    let text: String = (0..200_000).map(|number| format!("{number},")).collect();
    let chunked: String = text
        .as_bytes()
        .chunks(9_999)
        .map(|chunk| {
            format!(
                "{:x}\r\n{}\r\n",
                chunk.len(),
                String::from_utf8_lossy(chunk)
            )
        })
        .chain(["0\r\n\r\n".to_owned()])
        .collect();
    let sized = format!("content-length: {}\r\n\r\n{text}", text.len());
    for rest in [
        format!("transfer-encoding: chunked\r\n\r\n{chunked}"),
        sized,
    ] {
        let wire = Wire::plays([vec![
            Step::Read,
            send(&format!("HTTP/1.1 200 OK\r\n{rest}")),
            Step::Stay,
        ]]);
        let response = HyperTransport::new().send(wire.get()).await.unwrap();
        assert_eq!(response.body(), text.as_bytes());
        wire.finish().await;
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_any_socket() {
    let tunnel = http::Request::builder()
        .method(Method::CONNECT)
        .uri("http://127.0.0.1:1/")
        .body(Bytes::new())
        .unwrap();
    let relative = http::Request::get("/v1").body(Bytes::new()).unwrap();
    for request in [tunnel, relative] {
        let error = HyperTransport::new().send(request).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Config);
        assert!(!error.was_sent());
    }
}

#[tokio::test]
#[should_panic(expected = "connection 1 never came")]
async fn a_script_that_was_not_played_fails_its_test() {
    let wire = Wire::plays([vec![Step::Read, ok("[]"), Step::Stay], vec![Step::Read]]);
    HyperTransport::new().send(wire.get()).await.unwrap();
    wire.finish().await;
}

#[tokio::test]
#[should_panic(expected = "a connection more than the script has")]
async fn a_connection_that_nobody_expected_fails_its_test() {
    let wire = Wire::plays([vec![Step::Read, ok("[]"), Step::Stay]]);
    for _ in 0..2 {
        let transport = HyperTransport::builder().first_byte_timeout(SHORT).build();
        let _ = transport.send(wire.get()).await;
    }
    wire.finish().await;
}
