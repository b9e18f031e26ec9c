//! Which responses are well-formed, and how large they may be.

use gatelet_hyper::HyperTransport;
use gatelet_transport::{Sent, TooLarge, Transport, TransportErrorKind};
use http::StatusCode;

use crate::script::{ServerStep, empty, flood, head, informational, ok, part, rest, send};
use crate::test_server::{TestServer, error_text};
use crate::{failure, failure_of, responds_with};

// T15
#[tokio::test]
async fn an_invalid_length_is_a_protocol_error() {
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
        let error = failure(responds_with(&head)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{length}");
        assert_eq!(error.sent(), Sent::Whole);
    }
}

// T15
#[tokio::test]
async fn a_wrong_length_never_yields_a_longer_or_mixed_body() {
    let long = head(200, &[("content-length", "4")]);
    let error = failure(vec![ServerStep::Read, long, part("[]")]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert_eq!(error.status(), Some(StatusCode::OK));
}

// T18
#[tokio::test]
async fn invalid_chunks_are_protocol_errors() {
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
        let error = failure(responds_with(&format!("{head}{chunks}"))).await;
        let start = &chunks[..chunks.len().min(20)];
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{start}");
        assert_eq!(error.status(), Some(StatusCode::OK), "{start}");
    }
    let error = failure(vec![ServerStep::Read, send(&format!("{head}2\r\n[]\r\n"))]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
}

// T18
#[tokio::test]
async fn a_transfer_coding_other_than_chunked_is_a_protocol_error() {
    for coding in ["gzip, chunked", "identity", "chunked, identity", "gzip"] {
        let head =
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: {coding}\r\n\r\n2\r\n[]\r\n0\r\n\r\n");
        let error = failure(responds_with(&head)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{coding}");
    }
}

// T19
#[tokio::test]
async fn a_head_above_its_limits_is_too_large() {
    let what = TooLarge::Head;
    let fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(101));
    let bytes = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(65 * 1024));
    for head in [fields, bytes] {
        let error = failure(responds_with(&head)).await;
        let limit = 65 * 1024 - 1;
        assert_eq!(error.kind(), TransportErrorKind::TooLarge { what, limit });
    }
    let endless = vec![
        ServerStep::Read,
        send("HTTP/1.1 200 OK\r\n"),
        flood(ServerStep::Send(b"x: y\r\n".repeat(99))),
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
        responds_with("HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n"),
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

// U4
#[tokio::test]
async fn a_page_comes_with_a_next_link_of_64_kib() {
    let address = "https://app.scaleft.com/v1/teams/example/gateways";
    let link = format!("<{address}?offset={}>; rel=\"next\"", "x".repeat(64 * 1024));
    let fields = [
        ("content-type", "application/json; charset=utf-8"),
        ("date", "Mon, 30 Nov 2026 03:14:15 GMT"),
        ("server", "nginx"),
        ("x-request-id", "0123456789abcdef0123456789abcdef"),
        ("link", &link),
        ("content-length", "2"),
    ];
    for server in TestServer::each([vec![
        ServerStep::Read,
        head(200, &fields),
        rest("{}"),
        ServerStep::KeepOpen,
    ]]) {
        let transport = server.client(HyperTransport::builder());
        let response = transport.send(server.get()).await.unwrap();
        assert_eq!(response.headers()["link"], link);
        assert_eq!(response.body(), "{}");
        server.finish().await;
    }
}

// T19
#[tokio::test]
async fn a_head_within_its_limits_is_read() {
    let just_right = format!("HTTP/1.1 204 No Content\r\n{}\r\n", "x: y\r\n".repeat(100));
    for server in TestServer::each([vec![
        ServerStep::Read,
        send(&just_right),
        ServerStep::KeepOpen,
    ]]) {
        let response = server
            .client(HyperTransport::builder())
            .send(server.get())
            .await
            .unwrap();
        assert_eq!(response.headers().len(), 100);
        server.finish().await;
    }

    let huge = "y".repeat(500 * 1024);
    let head = format!(
        "HTTP/1.1 204 No Content\r\n{}x: {huge}\r\n\r\n",
        "x: y\r\n".repeat(150)
    );
    for server in TestServer::each([vec![ServerStep::Read, send(&head), ServerStep::KeepOpen]]) {
        let generous = server.client(
            HyperTransport::builder()
                .max_head_size(1 << 20)
                .max_head_fields(151),
        );
        let response = generous.send(server.get()).await.unwrap();
        assert_eq!(response.headers().len(), 151);
        server.finish().await;
    }
}

// T20
#[tokio::test]
async fn a_body_above_its_limit_is_too_large() {
    let expected = TransportErrorKind::TooLarge {
        what: TooLarge::Body,
        limit: 8,
    };
    let small = || HyperTransport::builder().body_limit(8);
    // Announced: refused before a byte of the body arrives.
    let announced = head(200, &[("content-length", "9")]);
    let announced = vec![ServerStep::Read, announced, ServerStep::ClientCloses];
    let error = failure_of(small(), announced).await;
    assert_eq!(error.kind(), expected);
    assert_eq!(error.status(), Some(StatusCode::OK));
    // Chunked: refused at the limit, though the body is endless.
    let chunked = vec![
        ServerStep::Read,
        send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
        flood(ServerStep::Send(b"4\r\nabcd\r\n".to_vec())),
    ];
    assert_eq!(failure_of(small(), chunked).await.kind(), expected);
    let until_the_end = vec![ServerStep::Read, head(200, &[]), flood(part("abcd"))];
    assert_eq!(failure_of(small(), until_the_end).await.kind(), expected);

    for server in TestServer::each([vec![ServerStep::Read, ok("12345678"), ServerStep::KeepOpen]]) {
        assert_eq!(
            server
                .client(small())
                .send(server.get())
                .await
                .unwrap()
                .body()
                .len(),
            8
        );
        server.finish().await;
    }
}

// T20
#[tokio::test]
async fn an_announced_length_reserves_little_memory() {
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 4611686018427387904\r\n\r\n[";
    let huge = HyperTransport::builder().body_limit(u64::MAX);
    let error = failure_of(huge, vec![ServerStep::Read, send(announced)]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
}

// T22
#[tokio::test]
async fn an_unrequested_content_encoding_is_a_protocol_error() {
    let fields = [("content-encoding", "gzip"), ("content-length", "2")];
    let gzip = ServerStep::All(vec![head(200, &fields), rest("[]")]);
    let error = failure(vec![
        ServerStep::Read,
        gzip.clone(),
        ServerStep::ClientCloses,
    ])
    .await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
    assert!(error_text(&error).contains("encoding"));

    for server in TestServer::each([vec![ServerStep::Read, gzip, ServerStep::KeepOpen]]) {
        let mut asking = server.get();
        let gzip = http::HeaderValue::from_static("gzip");
        asking.headers_mut().insert("accept-encoding", gzip);
        let transport = server.client(HyperTransport::builder());
        assert!(transport.send(asking).await.is_ok());
        server.finish().await;
    }
}

// T27
#[tokio::test]
async fn endless_informational_responses_are_a_protocol_error() {
    let error = failure(vec![ServerStep::Read, flood(informational(102))]).await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
    assert!(error_text(&error).contains("too many informational responses"));
    assert_eq!(error.sent(), Sent::Whole);
}

// T27
#[tokio::test]
async fn a_response_that_switches_protocols_is_a_protocol_error() {
    let error = failure(responds_with(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
    ))
    .await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
}

// T28
#[tokio::test]
async fn informational_responses_before_the_final_one_are_skipped() {
    let mut sixteen = vec![informational(100), head(103, &[("link", "</x>")])];
    sixteen.resize(16, informational(102));
    for server in TestServer::each([vec![
        ServerStep::Read,
        ServerStep::All(sixteen),
        ok("[]"),
        ServerStep::KeepOpen,
    ]]) {
        let response = server
            .client(HyperTransport::builder())
            .send(server.get())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key("link"));
        server.finish().await;
    }
}

// T67
#[tokio::test]
async fn a_response_that_is_not_http_1_1_is_a_protocol_error() {
    for response in [
        "hello\r\n",
        "HTTP/0.9 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/1.1 099 Low\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ] {
        let error = failure(responds_with(response)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{response}");
        assert_eq!(error.sent(), Sent::Whole);
    }
}

// T67
#[tokio::test]
async fn every_valid_status_is_a_response() {
    for status in [200, 299, 400, 499, 503, 600, 999] {
        let response = empty(status, &[("content-length", "0")]);
        for server in TestServer::each([vec![ServerStep::Read, response, ServerStep::KeepOpen]]) {
            let response = server
                .client(HyperTransport::builder())
                .send(server.get())
                .await
                .unwrap();
            assert_eq!(response.status().as_u16(), status);
            server.finish().await;
        }
    }
}
