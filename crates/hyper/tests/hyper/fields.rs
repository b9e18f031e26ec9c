//! Fields of a response that stand on several lines, that are folded, or that describe a body where there is none.

use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_transport::{Transport, TransportErrorKind};
use http::{Method, StatusCode};

use crate::script::{ServerStep, empty, flood, head, ok, part, rest, send};
use crate::test_server::{TestServer, error_text};
use crate::{answers, failure, failure_of};

const NO_BODY: &[(&str, &str)] = &[("content-length", "0")];
const GZIP: (&str, &str) = ("content-encoding", "gzip");

/// Each way to say that a response of this status with these fields has no body.
fn without_body(status: u16, fields: &[(&'static str, &'static str)]) -> Vec<ServerStep> {
    let lines: String = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let chunked =
        format!("HTTP/1.1 {status} X\r\n{lines}transfer-encoding: chunked\r\n\r\n0\r\n\r\n");
    let mut ways = vec![empty(status, &[NO_BODY, fields].concat())];
    if status == 204 {
        ways.push(empty(status, fields));
    } else {
        ways.push(send(&chunked));
        // Over HTTP/2 an end that is said later.
        let end = ServerStep::Frame(crate::frames::DATA, crate::frames::END_STREAM, Vec::new());
        ways.push(ServerStep::All(vec![head(status, fields), end]));
    }
    ways
}

/// Sends DELETE, PUT and GET to a server that gives this answer to each on one connection, over each protocol.
async fn succeeds(builder: &HyperTransportBuilder, answer: &ServerStep, status: u16) {
    let methods = [(Method::DELETE, ""), (Method::PUT, "{}"), (Method::GET, "")];
    let mut script = vec![[ServerStep::Read, answer.clone()]; methods.len()].concat();
    script.push(ServerStep::KeepOpen);
    for server in TestServer::each([script]) {
        let client = server.client(builder.clone());
        for (method, body) in &methods {
            let response = client.send(server.request(method.clone(), body)).await;
            let response = response.unwrap();
            assert_eq!(response.status(), status);
            assert!(response.body().is_empty());
        }
        assert_eq!(server.finish().await.len(), methods.len());
    }
}

// U6
#[tokio::test]
async fn a_body_that_cannot_be_read_leaves_the_head_in_the_error() {
    let wait = ("retry-after", "7");
    let chunked = |coding: &str, status: u16| {
        send(&format!(
            "HTTP/1.1 {status} X\r\nretry-after: 7\r\ntransfer-encoding: {coding}\r\n\r\n2\r\n[]\r\n"
        ))
    };
    for status in [401, 404, 429, 503] {
        let head = |fields: &[_]| head(status, &[&[wait], fields].concat());
        for answer in [
            ServerStep::All(vec![head(&[GZIP]), rest("[]")]),
            ServerStep::All(vec![head(&[GZIP, ("content-length", "2")]), rest("[]")]),
            ServerStep::All(vec![head(&[]), flood(part("too large"))]),
            head(&[("content-length", "99")]),
            ServerStep::All(vec![head(&[("content-length", "5")]), part("[]")]),
            chunked("gzip, chunked", status),
            chunked("chunked\r\ntransfer-encoding: chunked", status),
            chunked("chunked", status),
        ] {
            let script = match answer {
                // A flood sends without an end of its own.
                ServerStep::All(steps) => [vec![ServerStep::Read], steps].concat(),
                step => vec![ServerStep::Read, step],
            };
            let small = HyperTransport::builder().body_limit(8);
            for server in TestServer::each([script]) {
                let client = server.client(small.clone());
                let error = client.send(server.get()).await.unwrap_err();
                assert_eq!(error.status().unwrap(), status);
                assert_eq!(error.headers().unwrap()["retry-after"], "7");
                server.finish().await;
            }
        }
    }
}

// U6
#[tokio::test]
async fn a_head_that_cannot_be_read_leaves_what_came_of_it_in_the_error() {
    let many = "x: y\r\n".repeat(200);
    for status in [401, 429, 503] {
        for rest in [
            "content-length: 1\r\ncontent-length: 2\r\n\r\n",
            "content-length: one\r\n\r\n",
            "x: a\0b\r\n\r\n",
            "no colon\r\n\r\n",
            "date",
            "",
            &format!("{many}\r\n"),
        ] {
            let text = format!("HTTP/1.1 {status} X\r\nRetry-After: 7\r\n{rest}");
            for server in TestServer::each([vec![ServerStep::Read, send(&text), ServerStep::Close]])
            {
                let client = server.client(HyperTransport::builder());
                let error = client.send(server.get()).await.unwrap_err();
                error_text(&error);
                assert_eq!(error.status().unwrap(), status, "{rest:?}");
                assert_eq!(error.headers().unwrap()["retry-after"], "7", "{rest:?}");
                server.finish().await;
            }
        }
    }
    // Of a success they would say that all of it came.
    for server in TestServer::each([vec![
        ServerStep::Read,
        send("HTTP/1.1 204 X\r\nx: y\r\nno colon\r\n\r\n"),
        ServerStep::Close,
    ]]) {
        let client = server.client(HyperTransport::builder());
        let error = client.send(server.get()).await.unwrap_err();
        assert_eq!(
            (error.status().unwrap().as_u16(), error.headers()),
            (204, None)
        );
        server.finish().await;
    }
}

// U7
#[tokio::test]
async fn a_success_without_a_body_may_name_an_encoding() {
    for status in [204, 200, 202] {
        for fields in [
            &[GZIP][..],
            &[GZIP, GZIP],
            &[("content-encoding", "br")],
            &[("content-encoding", "gzip, br")],
            &[("content-encoding", "identity")],
            &[("content-encoding", "")],
        ] {
            for answer in without_body(status, fields) {
                succeeds(&HyperTransport::builder(), &answer, status).await;
            }
        }
    }
}

// U7
#[cfg(feature = "gzip")]
#[tokio::test]
async fn a_success_without_a_body_may_name_an_encoding_where_gzip_is_asked_for() {
    let asking = HyperTransport::builder().accept_gzip();
    for status in [204, 200] {
        for fields in [&[GZIP][..], &[("content-encoding", "br")]] {
            for answer in without_body(status, fields) {
                succeeds(&asking, &answer, status).await;
            }
        }
    }
}

/// A response to HEAD and a 304 describe the body that a GET would have had.
#[tokio::test]
async fn what_describes_the_body_of_another_response_is_not_judged() {
    let fields = [GZIP, ("content-length", "99999999999")];
    for (method, status) in [(Method::HEAD, 200), (Method::GET, 304)] {
        let answer = empty(status, &fields);
        for server in TestServer::each([vec![ServerStep::Read, answer, ServerStep::KeepOpen]]) {
            let client = server.client(HyperTransport::builder().body_limit(10));
            let response = client
                .send(server.request(method.clone(), ""))
                .await
                .unwrap();
            assert_eq!(response.status(), status);
            assert!(response.body().is_empty());
            server.finish().await;
        }
    }
}

#[tokio::test]
async fn a_204_with_a_transfer_coding_is_done_and_ends_its_connection() {
    for coding in [
        "chunked",
        "gzip",
        "gzip, chunked",
        "chunked\r\ntransfer-encoding: chunked",
    ] {
        let answer = format!("HTTP/1.1 204 No Content\r\ntransfer-encoding: {coding}\r\n\r\n");
        is_done_and_closed(&answer, "").await;
    }
}

#[tokio::test]
async fn a_body_in_an_encoding_that_nobody_asked_for_is_refused_as_soon_as_it_begins() {
    for fields in [&[GZIP][..], &[("content-encoding", "identity, gzip")]] {
        // The rest never comes.
        let begins = vec![
            ServerStep::Read,
            head(200, fields),
            part("[]"),
            ServerStep::ClientCloses,
        ];
        let error = failure(begins).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol);
        assert_eq!(error.status(), Some(StatusCode::OK));
    }
    let announced = [GZIP, ("content-length", "2")];
    let announced = vec![
        ServerStep::Read,
        head(200, &announced),
        ServerStep::ClientCloses,
    ];
    let error = failure(announced).await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
}

/// This answer is right, and no other request goes to where it came from.
async fn is_done_and_closed(answer: &str, body: &str) {
    let first = vec![ServerStep::Read, send(answer), ServerStep::ClientCloses];
    let second = vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen];
    for server in TestServer::each([first, second]) {
        let client = server.client(HyperTransport::builder());
        for expected in [body, "2"] {
            let response = client.send(server.get()).await.unwrap();
            assert_eq!(response.body(), expected, "{answer}");
        }
        server.finish().await;
    }
}

// U12
#[tokio::test]
async fn a_length_of_0_beside_chunks_ends_the_connection() {
    for (fields, chunks, body) in [
        (
            "content-length: 0\r\ntransfer-encoding: chunked",
            "0\r\n\r\n",
            "",
        ),
        (
            "transfer-encoding: chunked\r\ncontent-length: 0",
            "2\r\n[]\r\n0\r\n\r\n",
            "[]",
        ),
        (
            "content-length: 00\r\ntransfer-encoding: chunked",
            "0\r\n\r\n",
            "",
        ),
        (
            "content-length: 2\r\ntransfer-encoding: chunked",
            "2\r\n[]\r\n0\r\n\r\n",
            "[]",
        ),
        (
            "content-length:\r\n 0\r\ntransfer-encoding:\r\n\tchunked",
            "0\r\n\r\n",
            "",
        ),
    ] {
        is_done_and_closed(
            &format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{chunks}"),
            body,
        )
        .await;
    }
}

// U11
#[tokio::test]
async fn a_transfer_coding_on_two_lines_is_one_list_and_a_protocol_error() {
    for codings in [
        "chunked\r\ntransfer-encoding: chunked",
        "chunked, chunked",
        "gzip, chunked",
        "gzip\r\ntransfer-encoding: chunked",
        "chunked\r\ntransfer-encoding: identity",
        "chunked\r\n , chunked",
        "chunked\r\nx: y\r\nTransfer-Encoding: CHUNKED",
    ] {
        let answer =
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: {codings}\r\n\r\n2\r\n[]\r\n0\r\n\r\n");
        let error = failure(answers(&answer)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{codings}");
        assert_eq!(error.status(), Some(StatusCode::OK), "{codings}");
    }
}

#[tokio::test]
async fn lengths_on_two_lines_are_one_list_over_each_protocol() {
    let length = |value| ("content-length", value);
    let fields = [length("2"), length("3")];
    let contradiction = vec![
        ServerStep::Read,
        head(200, &fields),
        rest("[]"),
        ServerStep::ClientCloses,
    ];
    let error = failure(contradiction).await;
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
    let agreement = ServerStep::All(vec![head(200, &[length("2"), length("2")]), rest("[]")]);
    for server in TestServer::each([vec![ServerStep::Read, agreement, ServerStep::KeepOpen]]) {
        let client = server.client(HyperTransport::builder());
        assert_eq!(client.send(server.get()).await.unwrap().body(), "[]");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_close_on_any_line_of_connection_ends_it() {
    for lines in [
        "connection: keep-alive\r\nconnection: close",
        "connection: close\r\nconnection: keep-alive",
        "connection: x, Close",
        "connection: x\r\n , close",
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{lines}\r\ncontent-length: 2\r\n\r\n[]");
        is_done_and_closed(&answer, "[]").await;
    }
}

// U13
#[tokio::test]
async fn a_folded_field_is_unfolded() {
    let answer = "HTTP/1.1 200 OK\r\n\
                  retry-after:\r\n 9\r\n\
                  content-type: application/json;\r\n\tcharset=utf-8\r\n\
                  link: <https://a.example/v1/things?after=2>;\r\n \t rel=\"next\"\r\n\
                  location: https://a.example\r\n /b\r\n\
                  x-many: a\n b\r\n\t c\r\n \r\n d\r\n \r\n\
                  x-empty:\r\n \r\n\
                  x-plain: a\r\n\
                  content-length:\r\n \r\n 2\r\n\r\n[]";
    let expected = [
        ("retry-after", "9"),
        ("content-type", "application/json; charset=utf-8"),
        (
            "link",
            "<https://a.example/v1/things?after=2>; rel=\"next\"",
        ),
        ("location", "https://a.example /b"),
        ("x-many", "a b c  d"),
        ("x-empty", ""),
        ("x-plain", "a"),
        ("content-length", "2"),
    ];
    let script = vec![
        ServerStep::Read,
        send(answer),
        ServerStep::Read,
        ok("2"),
        ServerStep::KeepOpen,
    ];
    // All at once, and byte by byte.
    let mut pieces = vec![ServerStep::Read];
    pieces.extend(answer.bytes().map(|byte| ServerStep::Send(vec![byte])));
    pieces.extend([ServerStep::Read, ok("2"), ServerStep::KeepOpen]);
    for script in [script, pieces] {
        for server in TestServer::each([script]) {
            let client = server.client(HyperTransport::builder());
            let response = client.send(server.get()).await.unwrap();
            assert_eq!(response.body(), "[]");
            for (name, value) in expected {
                assert_eq!(response.headers()[name], value);
            }
            assert_eq!(response.headers().len(), expected.len());
            assert_eq!(client.send(server.get()).await.unwrap().body(), "2");
            server.finish().await;
        }
    }
}

// U13
#[tokio::test]
async fn a_folded_interim_response_is_skipped() {
    let hints =
        "HTTP/1.1 103 Early Hints\r\nlink: <a>;\r\n rel=preload\r\n \r\n HTTP/1.1 500 No\r\n\r\n";
    let script = vec![
        ServerStep::Read,
        send(hints),
        ok("[]"),
        ServerStep::KeepOpen,
    ];
    for server in TestServer::each([script]) {
        let client = server.client(HyperTransport::builder());
        let response = client.send(server.get()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        server.finish().await;
    }
}

// U13
#[tokio::test]
async fn a_folded_framing_field_says_what_it_says_unfolded() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding:\r\n chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n";
    for server in TestServer::each([vec![ServerStep::Read, send(chunked), ServerStep::KeepOpen]]) {
        let client = server.client(HyperTransport::builder());
        assert_eq!(client.send(server.get()).await.unwrap().body(), "[]");
        server.finish().await;
    }
    for fields in [
        "content-length: 2\r\n 3",
        "content-length: 2\r\n content-length: 3",
        "transfer-encoding: chunked\r\n identity",
        "transfer-encoding: gzip,\r\n chunked",
        // What is folded behind another field is a part of that one.
        "content-length: 1\r\n\ttransfer-encoding: chunked",
        // A fold needs a field before it.
        " x: y\r\ncontent-length: 2",
        "\tcontent-length: 2",
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n[]");
        let error = failure(answers(&answer)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{fields}");
    }
}

// U13
#[tokio::test]
async fn a_folded_head_has_the_limit_of_any_other() {
    let endless = vec![
        ServerStep::Read,
        send("HTTP/1.1 200 OK\r\nx: y"),
        flood(send("\r\n folded")),
    ];
    let small = HyperTransport::builder().max_head_size(1024);
    for builder in [HyperTransport::builder(), small] {
        let error = failure_of(builder, endless.clone()).await;
        let kind = error.kind();
        assert!(
            matches!(kind, TransportErrorKind::TooLarge { .. }),
            "{kind:?}"
        );
        assert_eq!(error.status(), Some(StatusCode::OK));
    }
}
