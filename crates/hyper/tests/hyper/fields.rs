//! Response fields on several lines, folded fields, and body fields of bodiless responses.

use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_transport::{Transport, TransportErrorKind};
use http::{Method, StatusCode};

use crate::script::{ServerStep, empty, flood, head, ok, part, rest, send};
use crate::test_server::{TestServer, error_text};
use crate::{failure, failure_of, responds_with};

const NO_BODY: &[(&str, &str)] = &[("content-length", "0")];
const GZIP: (&str, &str) = ("content-encoding", "gzip");

/// Returns each form of a response with this status and these fields, and without a body.
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
        // Over HTTP/2, the end in a separate frame.
        let end = ServerStep::Frame(crate::frames::DATA, crate::frames::END_STREAM, Vec::new());
        ways.push(ServerStep::All(vec![head(status, fields), end]));
    }
    ways
}

/// Sends DELETE, PUT and GET over each protocol to a server that gives this response on one connection.
async fn succeeds(builder: &HyperTransportBuilder, response: &ServerStep, status: u16) {
    let methods = [(Method::DELETE, ""), (Method::PUT, "{}"), (Method::GET, "")];
    let mut script = vec![[ServerStep::Read, response.clone()]; methods.len()].concat();
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
async fn the_error_for_an_unreadable_body_contains_the_head() {
    let wait = ("retry-after", "7");
    let chunked = |coding: &str, status: u16| {
        send(&format!(
            "HTTP/1.1 {status} X\r\nretry-after: 7\r\ntransfer-encoding: {coding}\r\n\r\n2\r\n[]\r\n"
        ))
    };
    for status in [401, 404, 429, 503] {
        let head = |fields: &[_]| head(status, &[&[wait], fields].concat());
        for response in [
            ServerStep::All(vec![head(&[GZIP]), rest("[]")]),
            ServerStep::All(vec![head(&[GZIP, ("content-length", "2")]), rest("[]")]),
            ServerStep::All(vec![head(&[]), flood(part("too large"))]),
            head(&[("content-length", "99")]),
            ServerStep::All(vec![head(&[("content-length", "5")]), part("[]")]),
            chunked("gzip, chunked", status),
            chunked("chunked\r\ntransfer-encoding: chunked", status),
            chunked("chunked", status),
        ] {
            let script = match response {
                // A flood cannot be part of `All`.
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
async fn the_error_for_an_unreadable_head_contains_what_arrived() {
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
    // In a success they announce the end of the body.
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
            for response in without_body(status, fields) {
                succeeds(&HyperTransport::builder(), &response, status).await;
            }
        }
    }
}

// U7
#[cfg(feature = "gzip")]
#[tokio::test]
async fn a_success_without_a_body_may_name_an_encoding_if_gzip_is_enabled() {
    let asking = HyperTransport::builder().accept_gzip();
    for status in [204, 200] {
        for fields in [&[GZIP][..], &[("content-encoding", "br")]] {
            for response in without_body(status, fields) {
                succeeds(&asking, &response, status).await;
            }
        }
    }
}

/// A response to HEAD and a 304 describe the body of a GET.
#[tokio::test]
async fn body_fields_of_a_bodiless_response_are_not_checked() {
    let fields = [GZIP, ("content-length", "99999999999")];
    for (method, status) in [(Method::HEAD, 200), (Method::GET, 304)] {
        let response = empty(status, &fields);
        for server in TestServer::each([vec![ServerStep::Read, response, ServerStep::KeepOpen]]) {
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
async fn a_204_with_a_transfer_coding_is_complete_and_closes_its_connection() {
    for coding in [
        "chunked",
        "gzip",
        "gzip, chunked",
        "chunked\r\ntransfer-encoding: chunked",
    ] {
        let response = format!("HTTP/1.1 204 No Content\r\ntransfer-encoding: {coding}\r\n\r\n");
        is_done_and_closed(&response, "").await;
    }
}

#[tokio::test]
async fn a_body_in_an_unrequested_encoding_is_refused_at_its_first_byte() {
    for fields in [&[GZIP][..], &[("content-encoding", "identity, gzip")]] {
        // The rest never arrives.
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

/// Checks that this response is accepted and that its connection is closed.
async fn is_done_and_closed(text: &str, body: &str) {
    let first = vec![ServerStep::Read, send(text), ServerStep::ClientCloses];
    let second = vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen];
    for server in TestServer::each([first, second]) {
        let client = server.client(HyperTransport::builder());
        for expected in [body, "2"] {
            let response = client.send(server.get()).await.unwrap();
            assert_eq!(response.body(), expected, "{text}");
        }
        server.finish().await;
    }
}

// U12
#[tokio::test]
async fn a_length_of_0_beside_chunks_closes_the_connection() {
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
async fn a_transfer_coding_on_two_lines_is_a_protocol_error() {
    for codings in [
        "chunked\r\ntransfer-encoding: chunked",
        "chunked, chunked",
        "gzip, chunked",
        "gzip\r\ntransfer-encoding: chunked",
        "chunked\r\ntransfer-encoding: identity",
        "chunked\r\n , chunked",
        "chunked\r\nx: y\r\nTransfer-Encoding: CHUNKED",
    ] {
        let response =
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: {codings}\r\n\r\n2\r\n[]\r\n0\r\n\r\n");
        let error = failure(responds_with(&response)).await;
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
async fn close_on_any_connection_line_closes_the_connection() {
    for lines in [
        "connection: keep-alive\r\nconnection: close",
        "connection: close\r\nconnection: keep-alive",
        "connection: x, Close",
        "connection: x\r\n , close",
    ] {
        let response = format!("HTTP/1.1 200 OK\r\n{lines}\r\ncontent-length: 2\r\n\r\n[]");
        is_done_and_closed(&response, "[]").await;
    }
}

// U13
#[tokio::test]
async fn a_folded_field_is_unfolded() {
    let response = "HTTP/1.1 200 OK\r\n\
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
        send(response),
        ServerStep::Read,
        ok("2"),
        ServerStep::KeepOpen,
    ];
    // All at once, and byte by byte.
    let mut pieces = vec![ServerStep::Read];
    pieces.extend(response.bytes().map(|byte| ServerStep::Send(vec![byte])));
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
async fn a_folded_informational_response_is_skipped() {
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
async fn a_folded_framing_field_means_the_same_as_unfolded() {
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
        // A folded line belongs to the field before it.
        "content-length: 1\r\n\ttransfer-encoding: chunked",
        // A fold needs a field before it.
        " x: y\r\ncontent-length: 2",
        "\tcontent-length: 2",
    ] {
        let response = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n[]");
        let error = failure(responds_with(&response)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{fields}");
    }
}

// U13
#[tokio::test]
async fn a_folded_head_has_the_same_limit() {
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
