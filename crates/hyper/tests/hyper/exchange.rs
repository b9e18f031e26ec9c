//! One exchange: how it is sent, how it ends, and its timeouts.

use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_transport::{ConnectFailure, Phase, Sent, Transport, TransportErrorKind};
use http::{Method, StatusCode};

use crate::script::{ServerStep, empty, head, informational, ok, part, send};
use crate::test_server::{CANARY, TestServer, error_text};
use crate::{SHORT, failure, failure_of};

#[tokio::test]
async fn a_request_arrives_unchanged() {
    let response = send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]");
    for server in TestServer::each([vec![ServerStep::Read, response, ServerStep::KeepOpen]]) {
        let mut request = server.post();
        // The caller does not decide the framing.
        request.headers_mut().insert("content-length", 3.into());
        let response = server
            .client(HyperTransport::builder())
            .send(request)
            .await
            .unwrap();
        assert_eq!(response.body(), &Bytes::from_static(b"[]"));
        let requests = server.finish().await;
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
}

// T1
#[tokio::test]
async fn a_request_on_a_refused_connection_was_not_sent() {
    // Bound, so that no other process gets the port, but not listening.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let uri = format!("http://{}/", closed.local_addr().unwrap());
    let request = http::Request::post(uri).body(Bytes::new()).unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert_eq!(
        error.kind(),
        TransportErrorKind::Connect(ConnectFailure::Refused)
    );
    assert_eq!(error.sent(), Sent::Nothing);
}

// T2
#[tokio::test]
async fn the_error_for_a_name_that_does_not_resolve_contains_it() {
    let uri = format!("http://no-such-host.invalid/v1?secret={}", CANARY);
    let request = http::Request::get(uri).body(Bytes::new()).unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert_eq!(
        error.kind(),
        TransportErrorKind::Connect(ConnectFailure::Dns)
    );
    assert_eq!(error.sent(), Sent::Nothing);
    assert!(error_text(&error).contains("no-such-host.invalid"));
}

// T4
#[tokio::test]
async fn a_hanging_connect_times_out() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Fills the backlog until the system leaves a connection hanging for longer than a busy machine takes to connect.
    let mut fillers = Vec::new();
    loop {
        let filler = tokio::net::TcpStream::connect(address);
        #[allow(clippy::disallowed_methods)] // Only time shows that a connection hangs.
        let Ok(filler) = tokio::time::timeout(SHORT * 2, filler).await else {
            break;
        };
        fillers.push(filler.unwrap());
        assert!(fillers.len() <= 64, "the backlog never filled");
    }
    let transport = HyperTransport::builder().connect_timeout(SHORT).build();
    let request = http::Request::get(format!("http://{address}/"))
        .body(Bytes::new())
        .unwrap();
    let error = transport.send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Connect));
    assert_eq!(error.sent(), Sent::Nothing);
}

// T8
#[tokio::test]
async fn a_reset_right_after_accept_is_an_error() {
    for server in TestServer::each([vec![ServerStep::Reset]]) {
        let transport = server.client(HyperTransport::builder());
        let error = transport.send(server.post()).await.unwrap_err();
        // Whether a byte was written before the reset is a race. Kind and extent must match.
        match error.kind() {
            TransportErrorKind::Interrupted => assert_eq!(error.sent(), Sent::Whole),
            TransportErrorKind::Connect(_) => assert_eq!(error.sent(), Sent::Nothing),
            other => panic!("{other:?}"),
        }
        server.finish().await;
    }
}

// T9
#[tokio::test]
async fn a_reset_after_the_request_is_an_interruption() {
    let error = failure(vec![ServerStep::Read, ServerStep::Reset]).await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert_eq!(error.sent(), Sent::Whole);
    assert_eq!(error.status(), None);
}

// T10
#[tokio::test]
async fn an_empty_response_is_an_interruption() {
    for (half, status) in [
        (None, None),
        (Some(informational(103)), None),
        (Some(send("HTTP/1.1")), None),
        (
            Some(send("HTTP/1.1 200 OK\r\ncontent-le")),
            Some(StatusCode::OK),
        ),
    ] {
        let script = [ServerStep::Read].into_iter().chain(half).collect();
        let error = failure(script).await;
        assert_eq!(error.kind(), TransportErrorKind::Interrupted);
        assert_eq!(error.sent(), Sent::Whole);
        assert_eq!(error.status(), status);
    }
}

// T11
#[tokio::test]
async fn a_truncated_body_is_an_interruption() {
    let created = ServerStep::All(vec![head(201, &[("content-length", "10")]), part("12345")]);
    for end in [vec![ServerStep::Reset], vec![]] {
        let mut script = vec![ServerStep::Read, created.clone()];
        script.extend(end);
        let error = failure(script).await;
        assert_eq!(error.kind(), TransportErrorKind::Interrupted);
        assert_eq!(error.sent(), Sent::Whole);
        // A reset may overtake the head, an orderly close cannot.
        assert!(
            error
                .status()
                .is_none_or(|status| status == StatusCode::CREATED)
        );
    }
}

// T24
#[tokio::test]
async fn a_silent_server_is_a_first_byte_timeout() {
    let with_timeout = HyperTransport::builder().first_byte_timeout(SHORT);
    let error = failure_of(
        with_timeout,
        vec![ServerStep::Read, ServerStep::ClientCloses],
    )
    .await;
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::FirstByte));
    assert_eq!(error.sent(), Sent::Whole);
}

// T25
#[tokio::test]
async fn a_body_without_progress_is_a_stall_timeout() {
    let with_timeout = HyperTransport::builder().stall_timeout(SHORT);
    let begun = [head(200, &[("content-length", "9")]), part("123")];
    let script = [&[ServerStep::Read], &begun[..], &[ServerStep::ClientCloses]].concat();
    let error = failure_of(with_timeout, script).await;
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Stall));
    assert_eq!(error.status(), Some(StatusCode::OK));
}

// T78
#[tokio::test]
async fn progress_resets_the_stall_timer() {
    let stall = Duration::from_secs(1);
    for server in TestServer::each([vec![
        ServerStep::Read,
        head(200, &[("content-length", "12")]),
        ServerStep::Trickle(vec![b'x'; 12], stall / 10),
        ServerStep::KeepOpen,
    ]]) {
        let transport = server.client(HyperTransport::builder().stall_timeout(stall));
        let response = transport.send(server.get()).await.unwrap();
        assert_eq!(response.body(), &vec![b'x'; 12]);
        server.finish().await;
    }
}

// T33
#[tokio::test]
async fn a_redirect_is_a_response_like_any_other() {
    let fields = [("location", "http://example.com/"), ("content-length", "0")];
    for server in TestServer::each([vec![
        ServerStep::Read,
        empty(307, &fields),
        ServerStep::KeepOpen,
    ]]) {
        let response = server
            .client(HyperTransport::builder())
            .send(server.post())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(server.finish().await.len(), 1);
    }
}

#[tokio::test]
async fn a_body_that_ends_with_the_connection_is_complete() {
    for server in TestServer::each([vec![
        ServerStep::Read,
        send("HTTP/1.1 200 OK\r\n\r\n[1,"),
        send("2]"),
    ]]) {
        let response = server
            .client(HyperTransport::builder())
            .send(server.get())
            .await
            .unwrap();
        assert_eq!(response.body(), &Bytes::from_static(b"[1,2]"));
        server.finish().await;
    }
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
        for server in TestServer::each([vec![
            ServerStep::Read,
            send(&format!("HTTP/1.1 200 OK\r\n{rest}")),
            ServerStep::KeepOpen,
        ]]) {
            let response = server
                .client(HyperTransport::builder())
                .send(server.get())
                .await
                .unwrap();
            assert_eq!(response.body(), text.as_bytes());
            server.finish().await;
        }
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_is_refused_before_connecting() {
    let tunnel = http::Request::builder()
        .method(Method::CONNECT)
        .uri("http://127.0.0.1:1/")
        .body(Bytes::new())
        .unwrap();
    let relative = http::Request::get("/v1").body(Bytes::new()).unwrap();
    for request in [tunnel, relative] {
        let error = HyperTransport::new().send(request).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Config);
        assert_eq!(error.sent(), Sent::Nothing);
    }
}

#[tokio::test]
#[should_panic(expected = "connection 1 never came")]
async fn an_unfinished_script_fails_its_test() {
    let server = TestServer::plays([
        vec![ServerStep::Read, ok("[]"), ServerStep::KeepOpen],
        vec![ServerStep::Read],
    ]);
    HyperTransport::new().send(server.get()).await.unwrap();
    server.finish().await;
}

#[tokio::test]
#[should_panic(expected = "a connection more than the script has")]
async fn an_unexpected_connection_fails_its_test() {
    let server = TestServer::plays([vec![ServerStep::Read, ok("[]"), ServerStep::KeepOpen]]);
    for _ in 0..2 {
        let transport = HyperTransport::builder().first_byte_timeout(SHORT).build();
        let _ = transport.send(server.get()).await;
    }
    server.finish().await;
}

#[cfg(not(feature = "_tls"))]
#[tokio::test]
async fn https_without_tls_built_in_is_refused_before_connecting() {
    let server = TestServer::plays([]);
    let uri = server.url("/").replace("http:", "https:");
    let request = http::Request::get(uri).body(Bytes::new()).unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Config);
    assert!(error_text(&error).contains("the feature `ring` or `aws-lc-rs`"));
    server.finish().await;
}

#[tokio::test]
async fn a_response_cut_after_any_byte_is_an_error() {
    let sized = "HTTP/1.1 201 Created\r\ncontent-length: 8\r\n\r\n{\"id\":1}";
    let chunked =
        "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"id\":1}\r\n0\r\n\r\n";
    let informational = format!("HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n{sized}");
    for whole in [sized, chunked, &informational] {
        for length in 0..whole.len() {
            for end in [vec![], vec![ServerStep::Reset]] {
                let mut script = vec![
                    ServerStep::Read,
                    ServerStep::Truncated(length, Box::new(send(whole))),
                ];
                script.extend(end);
                let error = failure(script).await;
                assert_eq!(error.kind(), TransportErrorKind::Interrupted, "{length}");
                assert_eq!(error.sent(), Sent::Whole);
                let created = error.status() == Some(StatusCode::CREATED);
                assert!(created || error.status().is_none());
            }
        }
    }
}

// T11
#[tokio::test]
async fn a_body_that_ends_without_close_notify_is_truncated() {
    let begun = send("HTTP/1.1 200 OK\r\n\r\n[1,2]");
    for server in TestServer::each([vec![ServerStep::Read, begun, ServerStep::CloseAbruptly]]) {
        let result = server
            .client(HyperTransport::builder())
            .send(server.get())
            .await;
        if server.url("").starts_with("https:") {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Interrupted);
            assert_eq!(error.status(), Some(StatusCode::OK));
        } else {
            // Without TLS and without a length the end is ambiguous.
            assert_eq!(result.unwrap().body(), "[1,2]");
        }
        server.finish().await;
    }
}
