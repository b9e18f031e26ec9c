//! HTTP/2, and what only HTTP/2 has.

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_transport::{CallTimeouts, Sent, TooLarge, Transport, TransportErrorKind};

use super::calls::{channel, create};
use super::frames::{CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, RST_STREAM, literal};
use super::https_server::HttpsServer;
use super::pki::{Authority, Trusted};
use super::script::{Gate, ServerStep, empty, flood, head, ok, part, rest};
use super::test_server::TestServer;
use super::{SHORT, failure, failure_of};

#[tokio::test]
async fn an_http2_connection_is_shared_if_the_server_chooses_http2() {
    let authority = Authority::new();
    let server =
        HttpsServer::start(authority.certify("localhost", |_| {}), &["h2", "http/1.1"]).await;
    let client = authority.client();
    let first = client.send(server.request("POST", "/")).await.unwrap();
    assert_eq!(first.body(), "h2 0");
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (client, request) = (client.clone(), server.request("POST", "/"));
        calls.spawn(async move { client.send(request).await.unwrap() });
    }
    while let Some(response) = calls.join_next().await {
        assert_eq!(response.unwrap().body(), "h2 0");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn http1_is_used_if_the_server_chooses_it() {
    let authority = Authority::new();
    let server = HttpsServer::start(authority.certify("localhost", |_| {}), &["http/1.1"]).await;
    let response = authority
        .client()
        .send(server.request("POST", "/"))
        .await
        .unwrap();
    assert_eq!(response.body(), "h1");
}

/// Ends the stream of the last request with this code (RFC 9113 section 7).
fn reset(code: u32) -> ServerStep {
    ServerStep::Frame(RST_STREAM, 0, code.to_be_bytes().to_vec())
}

/// Announces that no stream above this one will be processed.
fn go_away(last: u32) -> ServerStep {
    go_away_saying(last, b"")
}

/// Does the same with debug data.
fn go_away_saying(last: u32, text: &[u8]) -> ServerStep {
    let payload = [&last.to_be_bytes()[..], &[0; 4], text].concat();
    ServerStep::OnStream(0, Box::new(ServerStep::Frame(GOAWAY, 0, payload)))
}

const GOAWAY: u8 = 7;
const REFUSED_STREAM: u32 = 7;

// T64
#[tokio::test]
async fn a_refused_stream_was_not_sent() {
    let error = failure(vec![
        ServerStep::Read,
        reset(REFUSED_STREAM),
        ServerStep::ClientCloses,
    ])
    .await;
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert_eq!(error.sent(), Sent::Nothing);
}

#[tokio::test]
async fn a_stream_reset_for_another_reason_counts_as_sent() {
    // NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, CANCEL, ENHANCE_YOUR_CALM, HTTP_1_1_REQUIRED, and an unknown code.
    for code in [0, 1, 2, 8, 11, 13, 999] {
        let error = failure(vec![
            ServerStep::Read,
            reset(code),
            ServerStep::ClientCloses,
        ])
        .await;
        assert_eq!(error.kind(), TransportErrorKind::Interrupted, "{code}");
        assert_eq!(
            (error.sent(), error.status()),
            (Sent::Whole, None),
            "{code}"
        );
        let begun = [head(201, &[]), part("{")];
        let script = [
            &[ServerStep::Read],
            &begun[..],
            &[reset(code), ServerStep::ClientCloses],
        ]
        .concat();
        let error = failure(script).await;
        assert_eq!(error.kind(), TransportErrorKind::Interrupted, "{code}");
        assert_eq!(error.status().unwrap(), 201, "{code}");
    }
}

/// After a complete response a server need not read the rest of the request (RFC 9113 section 8.1).
#[tokio::test]
async fn a_complete_response_before_the_end_of_the_request_is_ok() {
    let no_error = reset(0);
    for response in [
        vec![head(201, &[]), rest("mine"), no_error.clone()],
        vec![head(201, &[]), part("mi"), rest("ne"), no_error.clone()],
        vec![head(201, &[]), part("mine"), rest(""), no_error.clone()],
        vec![empty(204, &[]), no_error],
    ] {
        let body = if response.len() > 2 { "mine" } else { "" };
        let script = vec![
            ServerStep::ReadSome,
            ServerStep::All(response),
            ServerStep::Read,
            ok("next"),
            ServerStep::KeepOpen,
        ];
        for server in TestServer::each([script]) {
            let transport = server.client(HyperTransport::builder());
            let large = server.post().map(|_| Bytes::from(vec![b'x'; 1 << 20]));
            assert_eq!(transport.send(large).await.unwrap().body(), body);
            assert_eq!(transport.send(server.get()).await.unwrap().body(), "next");
            server.finish().await;
        }
    }
}

// T64
#[tokio::test]
async fn a_goaway_says_which_requests_were_not_processed() {
    for (last, sent) in [(0, Sent::Nothing), (1, Sent::Whole)] {
        let error = failure(vec![ServerStep::Read, go_away(last), ServerStep::Close]).await;
        assert_eq!(error.kind(), TransportErrorKind::Interrupted);
        assert_eq!(error.sent(), sent, "{last}: {error:?}");
    }
}

// U1
#[tokio::test]
async fn the_debug_data_of_a_goaway_is_not_shown() {
    for last in [0, 1] {
        let go_away = go_away_saying(last, b"Bearer CANARY-of-another-client");
        let error = failure(vec![ServerStep::Read, go_away, ServerStep::Close]).await;
        let mut texts = format!("{error} {error:?}");
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            texts += &format!(" {error} {error:?}");
            cause = error.source();
        }
        assert!(!texts.contains("CANARY"), "{texts}");
        let is_told = texts.contains("the HTTP/2 connection was closed");
        // A request in flight ends with the connection.
        assert_eq!(is_told, last == 0, "{texts}");
    }
}

// T64
#[tokio::test]
async fn a_create_that_was_not_processed_is_retried() {
    for refusal in [reset(REFUSED_STREAM), go_away(0)] {
        for server in TestServer::each([
            vec![ServerStep::Read, refusal, ServerStep::ClientCloses],
            vec![ServerStep::Read, created(), ServerStep::KeepOpen],
        ]) {
            let transport = server.client(HyperTransport::builder());
            let channel = channel(&server, &transport, CallTimeouts::default());
            let response = channel.call(create("{}".into())).await.unwrap();
            assert_eq!(response.attempts(), 2);
            server.finish().await;
        }
    }
}

fn created() -> ServerStep {
    let json = [
        ("content-type", "application/json"),
        ("content-length", "2"),
    ];
    ServerStep::All(vec![head(201, &json), rest("{}")])
}

#[tokio::test]
async fn a_response_cut_after_any_byte_of_its_frames_is_an_error() {
    let whole = ServerStep::All(vec![
        head(103, &[("link", "<x>")]),
        head(201, &[("content-length", "8")]),
        part("{\"id\""),
        rest(":1}"),
    ]);
    for length in 0..whole.bytes(true, 1).unwrap().len() {
        for end in [ServerStep::Close, ServerStep::Reset] {
            let cut = ServerStep::Truncated(length, Box::new(whole.clone()));
            for server in TestServer::each([vec![
                ServerStep::Read,
                ServerStep::OnStream(1, Box::new(cut)),
                end,
            ]]) {
                let transport = server.client(HyperTransport::builder());
                let error = transport.send(server.post()).await.unwrap_err();
                assert_eq!(error.kind(), TransportErrorKind::Interrupted, "{length}");
                assert_eq!(error.sent(), Sent::Whole);
                assert!(error.status().is_none_or(|status| status == 201));
                server.finish().await;
            }
        }
    }
}

#[tokio::test]
async fn requests_below_a_goaway_complete_and_the_next_call_gets_another_connection() {
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            go_away(1),
            ok("1"),
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        for expected in ["1", "2"] {
            let response = transport.send(server.post()).await.unwrap();
            assert_eq!(response.body(), expected);
        }
        server.finish().await;
    }
}

#[tokio::test]
async fn the_next_call_succeeds_after_any_failure() {
    let large = head(200, &[("x", &"y".repeat(65 * 1024))]);
    let huge = head(200, &[("x", &"y".repeat(5 * 64 * 1024))]);
    let misplaced = ServerStep::Frame(CONTINUATION, END_HEADERS, Vec::new());
    for (end, is_over) in [
        (vec![reset(REFUSED_STREAM)], false),
        (vec![reset(2)], false),
        (vec![go_away(0)], false),
        (vec![go_away(1), ServerStep::Close], true),
        (vec![flood(head(102, &[]))], false),
        (vec![large], false),
        (vec![huge], false),
        (vec![head(200, &[]), flood(part("too much"))], false),
        (vec![head(200, &[]), part("t")], false),
        (vec![head(200, &[]), part("t"), ServerStep::Reset], true),
        (vec![], false),
        (vec![ServerStep::Reset], true),
        (vec![misplaced], false),
        (
            vec![ServerStep::Frame(
                HEADERS,
                END_HEADERS | END_STREAM,
                vec![0x80],
            )],
            false,
        ),
        (vec![ServerStep::Frame(DATA, 0, vec![b'x'; 5])], false),
    ] {
        let mut script = vec![ServerStep::Read];
        script.extend(end);
        script.extend((!is_over).then_some(ServerStep::ClientCloses));
        for server in TestServer::each([
            script,
            vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
        ]) {
            let with_timeout = HyperTransport::builder()
                .first_byte_timeout(SHORT)
                .stall_timeout(SHORT)
                .body_limit(4);
            let transport = server.client(with_timeout);
            transport.send(server.post()).await.unwrap_err();
            let next = transport.send(server.post()).await.unwrap();
            assert_eq!(next.body(), "2");
            server.finish().await;
        }
    }
}

/// Makes two calls at once on one connection and disturbs the second.
#[tokio::test]
async fn a_failed_stream_does_not_affect_the_others() {
    let both_there = Gate::new();
    let script = vec![
        ServerStep::Read,
        ok("0"),
        ServerStep::Read,
        ServerStep::OpenGate(both_there.clone()),
        ServerStep::Read,
        reset(REFUSED_STREAM),
        ServerStep::OnStream(3, Box::new(ok("1"))),
        ServerStep::KeepOpen,
    ];
    for server in TestServer::each([script]) {
        let transport = server.client(HyperTransport::builder());
        transport.send(server.post()).await.unwrap();
        let first = tokio::spawn({
            let (transport, request) = (transport.clone(), server.post());
            async move { transport.send(request).await }
        });
        both_there.pass().await;
        let second = transport.send(server.post()).await.unwrap_err();
        assert_eq!(second.sent(), Sent::Nothing);
        assert_eq!(first.await.unwrap().unwrap().body(), "1");
        server.finish().await;
    }
}

#[tokio::test]
async fn more_requests_than_the_server_allows_open_another_connection() {
    const MOST: u32 = 100;

    let (full, go) = (Gate::new(), Gate::new());
    let mut script = vec![ServerStep::Read, ok("0")];
    script.extend((0..MOST).map(|_| ServerStep::Read));
    script.extend([
        ServerStep::OpenGate(full.clone()),
        ServerStep::Wait(go.clone()),
    ]);
    script.extend((1..=MOST).map(|call| ServerStep::OnStream(2 * call + 1, Box::new(ok("1")))));
    script.extend([ServerStep::KeepOpen]);
    for server in TestServer::each([
        script,
        vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder().max_in_flight(1_000));
        transport.send(server.post()).await.unwrap();
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..MOST {
            let (transport, request) = (transport.clone(), server.post());
            calls.spawn(async move { transport.send(request).await });
        }
        full.pass().await;
        assert_eq!(transport.send(server.post()).await.unwrap().body(), "2");
        go.open();
        while let Some(response) = calls.join_next().await {
            assert_eq!(response.unwrap().unwrap().body(), "1");
        }
        server.finish().await;
    }
}

// T48
#[tokio::test]
async fn a_dropped_call_resets_only_its_own_stream() {
    for said in [vec![], vec![head(200, &[]), part("123")]] {
        let (other_there, reached) = (Gate::new(), Gate::new());
        let script = vec![
            ServerStep::Read,
            ok("0"),
            ServerStep::Read,
            ServerStep::OpenGate(other_there.clone()),
            ServerStep::Read,
            ServerStep::All(said),
            ServerStep::OpenGate(reached.clone()),
            ServerStep::ReadReset,
            ServerStep::Read,
            ServerStep::OnStream(3, Box::new(ok("1"))),
            ServerStep::OnStream(7, Box::new(ok("2"))),
            ServerStep::KeepOpen,
        ];
        for server in TestServer::each([script]) {
            let transport = server.client(HyperTransport::builder());
            transport.send(server.post()).await.unwrap();
            let call = || {
                let (transport, request) = (transport.clone(), server.post());
                tokio::spawn(async move { transport.send(request).await })
            };
            let other = call();
            other_there.pass().await;
            let dropped = call();
            reached.pass().await;
            dropped.abort();
            assert!(dropped.await.unwrap_err().is_cancelled());
            assert_eq!(transport.send(server.post()).await.unwrap().body(), "2");
            assert_eq!(other.await.unwrap().unwrap().body(), "1");
            server.finish().await;
        }
    }
}

// T30
#[tokio::test]
async fn a_body_of_a_bodiless_response_never_reaches_the_next_call() {
    for (status, body) in [(204, "HTTP/1.1 500 Wrong"), (304, "[]")] {
        let length = body.len().to_string();
        let odd = ServerStep::All(vec![
            head(status, &[("content-length", &length)]),
            rest(body),
        ]);
        let script = [
            ServerStep::Read,
            ServerStep::OnStream(1, Box::new(odd)),
            ServerStep::Read,
            ok("mine"),
            ServerStep::KeepOpen,
        ];
        for server in TestServer::each([script.to_vec()]) {
            let transport = server.client(HyperTransport::builder());
            assert_eq!(transport.send(server.get()).await.unwrap().status(), status);
            assert_eq!(transport.send(server.get()).await.unwrap().body(), "mine");
            server.finish().await;
        }
    }
}

// T19
#[tokio::test]
async fn a_head_in_frames_has_the_same_limit() {
    const LIMIT: usize = 20_000;

    let limited = || HyperTransport::builder().max_head_size(LIMIT);
    let response = |size: usize| empty(200, &[("content-length", "0"), ("x", &"y".repeat(size))]);
    for server in TestServer::each([vec![
        ServerStep::Read,
        response(LIMIT - 100),
        ServerStep::KeepOpen,
    ]]) {
        server.client(limited()).send(server.get()).await.unwrap();
        server.finish().await;
    }
    let too_large = TransportErrorKind::TooLarge {
        what: TooLarge::Head,
        limit: LIMIT as u64,
    };
    for size in [LIMIT, 5 * LIMIT, 50 * LIMIT] {
        let error = failure_of(
            limited(),
            vec![ServerStep::Read, response(size), ServerStep::ClientCloses],
        );
        assert_eq!(error.await.kind(), too_large, "{size}");
    }
    // An endless head.
    let begun = ServerStep::Frame(HEADERS, END_STREAM, literal(":status", "200"));
    let more = ServerStep::Frame(CONTINUATION, 0, literal("x", &"y".repeat(8_000)));
    let error = failure_of(limited(), vec![ServerStep::Read, begun, flood(more)]).await;
    assert_eq!(error.kind(), too_large);
}

#[tokio::test]
async fn invalid_frames_are_protocol_errors() {
    for (kind, flags, payload) in [
        (CONTINUATION, END_HEADERS, vec![]),
        (HEADERS, END_HEADERS | END_STREAM, vec![0x80]),
        (HEADERS, END_HEADERS | END_STREAM, vec![]),
        (DATA, END_STREAM, vec![b'x'; 5]),
        (RST_STREAM, 0, vec![0]),
    ] {
        let frame = ServerStep::Frame(kind, flags, payload);
        let error = failure(vec![ServerStep::Read, frame, ServerStep::ClientCloses]).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{kind}");
        assert_eq!(error.sent(), Sent::Whole);
    }
}
