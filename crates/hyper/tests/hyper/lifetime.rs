//! How long `HyperTransport` uses a connection, by a clock that the tests advance.

use std::time::Duration;

use gatelet_hyper::HyperTransport;
use gatelet_transport::{CallTimeouts, Transport};
use http::StatusCode;

use crate::calls::{channel, create};
use crate::script::{ServerStep, head, rest, send};
use crate::stopped_clock::StoppedClock;
use crate::test_server::TestServer;

/// Returns an HTTP/1.1 response with these fields.
fn response(fields: &str) -> ServerStep {
    send(&format!(
        "HTTP/1.1 200 OK\r\n{fields}content-length: 2\r\n\r\n{{}}"
    ))
}

fn created(fields: &[(&'static str, &str)]) -> ServerStep {
    let json = [
        ("content-type", "application/json"),
        ("content-length", "2"),
    ];
    ServerStep::All(vec![head(201, &[&json, fields].concat()), rest("{}")])
}

// U22
#[tokio::test(start_paused = true)]
async fn a_create_after_the_servers_keep_alive_timeout_uses_a_new_connection() {
    let clock = StoppedClock::new();
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            response("keep-alive: timeout=2\r\n"),
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, created(&[]), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        transport.send(server.get()).await.unwrap();
        clock.pass(3_000).await;
        let channel = channel(&server, &transport, CallTimeouts::default());
        let response = channel.call(create("{}".into())).await.unwrap();
        assert_eq!(response.attempts(), 1);
        server.finish().await;
    }
}

// U22
#[tokio::test(start_paused = true)]
async fn a_valid_keep_alive_of_the_server_is_obeyed() {
    let clock = StoppedClock::new();
    for (fields, milliseconds, is_reused) in [
        ("keep-alive: timeout=2\r\n", 900, true),
        ("keep-alive: timeout=2\r\n", 1_000, false),
        ("Keep-Alive: TIMEOUT=2, max=100\r\n", 1_900, false),
        (
            "connection: keep-alive\r\nkeep-alive: timeout=5\r\n",
            3_000,
            true,
        ),
        (
            "keep-alive: timeout=50\r\nkeep-alive: timeout=2\r\n",
            3_000,
            false,
        ),
        ("keep-alive: timeout=0\r\n", 0, false),
        ("keep-alive: timeout=1\r\n", 0, true),
        ("keep-alive: timeout=1\r\n", 600, false),
        ("keep-alive: max=0\r\n", 0, false),
        ("keep-alive: max=1\r\n", 0, true),
        ("keep-alive: timeout=99999999999999999999\r\n", 59_000, true),
        (
            "keep-alive: timeout=99999999999999999999\r\n",
            61_000,
            false,
        ),
        ("keep-alive: timeout=-1, soon\r\n", 59_000, true),
        ("", 59_000, true),
    ] {
        let scripts = if is_reused {
            let both = vec![
                ServerStep::Read,
                response(fields),
                ServerStep::Read,
                response(""),
                ServerStep::KeepOpen,
            ];
            vec![both]
        } else {
            vec![
                vec![ServerStep::Read, response(fields), ServerStep::ClientCloses],
                vec![ServerStep::Read, response(""), ServerStep::KeepOpen],
            ]
        };
        for server in TestServer::each_of(&scripts) {
            let transport = server.client(HyperTransport::builder());
            transport.send(server.get()).await.unwrap();
            clock.pass(milliseconds).await;
            let next = transport.send(server.post()).await.unwrap();
            assert_eq!(next.status(), StatusCode::OK);
            server.finish().await;
        }
    }
}

// U22
#[tokio::test(start_paused = true)]
async fn an_http_1_0_connection_is_kept_as_long_as_it_announces() {
    let clock = StoppedClock::new();
    let kept = "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\nkeep-alive: timeout=2\r\ncontent-length: 2\r\n\r\n{}";
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            send(kept),
            ServerStep::Read,
            send(kept),
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, response(""), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        for milliseconds in [500, 3_000, 0] {
            transport.send(server.post()).await.unwrap();
            clock.pass(milliseconds).await;
        }
        server.finish().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_keep_alive_applies_though_the_next_response_does_not_repeat_it() {
    let clock = StoppedClock::new();
    for (next, milliseconds, is_reused) in [
        ("", 3_000, false),
        ("keep-alive: max=9\r\n", 3_000, false),
        ("keep-alive: timeout=9\r\n", 3_000, true),
    ] {
        let mut first = vec![
            ServerStep::Read,
            response("keep-alive: timeout=2\r\n"),
            ServerStep::Read,
            response(next),
        ];
        let scripts = if is_reused {
            first.extend([ServerStep::Read, response(""), ServerStep::KeepOpen]);
            vec![first]
        } else {
            first.push(ServerStep::ClientCloses);
            vec![
                first,
                vec![ServerStep::Read, response(""), ServerStep::KeepOpen],
            ]
        };
        for server in TestServer::each_of(&scripts) {
            let transport = server.client(HyperTransport::builder());
            for milliseconds in [0, milliseconds, 0] {
                transport.send(server.post()).await.unwrap();
                clock.pass(milliseconds).await;
            }
            server.finish().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_takes_no_more_requests_than_announced() {
    let _clock = StoppedClock::new();
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            response("keep-alive: max=2\r\n"),
            ServerStep::Read,
            response(""),
            ServerStep::Read,
            response(""),
            ServerStep::ClientCloses,
        ],
        vec![
            ServerStep::Read,
            response("keep-alive: max=0\r\n"),
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, response(""), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        for _ in 0..5 {
            transport.send(server.post()).await.unwrap();
        }
        server.finish().await;
    }
}

// U23
#[tokio::test(start_paused = true)]
async fn sixty_calls_in_six_seconds_take_three_connections_of_two_seconds() {
    let clock = StoppedClock::new();
    let mut script = Vec::new();
    for _ in 0..20 {
        script.extend([ServerStep::Read, created(&[])]);
    }
    let closes = [&script[..], &[ServerStep::ClientCloses]].concat();
    let stays = [&script[..], &[ServerStep::KeepOpen]].concat();
    for server in TestServer::each([closes.clone(), closes, stays]) {
        let aging = HyperTransport::builder().max_connection_age(Duration::from_secs(2));
        let transport = server.client(aging);
        for _ in 0..60 {
            let response = transport.send(server.post()).await.unwrap();
            assert_eq!(response.status(), StatusCode::CREATED);
            clock.pass(100).await;
        }
        assert_eq!(server.finish().await.len(), 60);
    }
}

// U23
#[tokio::test(start_paused = true)]
async fn an_idle_connection_of_the_maximum_age_is_closed() {
    let clock = StoppedClock::new();
    let closed = crate::script::Gate::new();
    for server in TestServer::each([vec![
        ServerStep::Read,
        created(&[]),
        ServerStep::ClientCloses,
        ServerStep::OpenGate(closed.clone()),
    ]]) {
        let aging = HyperTransport::builder().max_connection_age(Duration::from_secs(2));
        let transport = server.client(aging);
        transport.send(server.post()).await.unwrap();
        clock.pass(2_000).await;
        closed.pass().await;
        server.finish().await;
    }
}

// U23
#[cfg(feature = "_tls")]
#[tokio::test(start_paused = true)]
async fn a_request_in_flight_completes_after_the_maximum_age() {
    use crate::script::{Gate, ok};

    let clock = StoppedClock::new();
    let (reached, go) = (Gate::new(), Gate::new());
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            ok("1"),
            ServerStep::Read,
            ServerStep::OpenGate(reached.clone()),
            ServerStep::Wait(go.clone()),
            ok("2"),
            ServerStep::ClientCloses,
        ],
        vec![
            ServerStep::Read,
            ok("3"),
            ServerStep::Read,
            ok("4"),
            ServerStep::KeepOpen,
        ],
    ]) {
        let aging = HyperTransport::builder().max_connection_age(Duration::from_secs(2));
        let transport = server.client(aging);
        transport.send(server.post()).await.unwrap();
        let running = tokio::spawn({
            let (transport, request) = (transport.clone(), server.post());
            async move { transport.send(request).await.unwrap() }
        });
        reached.pass().await;
        clock.pass(2_000).await;
        assert_eq!(transport.send(server.post()).await.unwrap().body(), "3");
        go.open();
        assert_eq!(running.await.unwrap().body(), "2");
        assert_eq!(transport.send(server.post()).await.unwrap().body(), "4");
        server.finish().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_in_use_is_kept_without_a_maximum_age() {
    let clock = StoppedClock::new();
    let mut script = Vec::new();
    for _ in 0..30 {
        script.extend([ServerStep::Read, created(&[])]);
    }
    script.push(ServerStep::KeepOpen);
    for server in TestServer::each([script]) {
        let ageless = HyperTransport::builder().max_connection_age(Duration::MAX);
        let transport = server.client(ageless);
        for _ in 0..30 {
            transport.send(server.post()).await.unwrap();
            clock.pass(50_000).await;
        }
        server.finish().await;
    }
}

#[cfg(feature = "_tls")]
#[tokio::test(start_paused = true)]
async fn a_connection_in_use_is_not_idle() {
    use crate::script::{Gate, ok};

    let clock = StoppedClock::new();
    let (reached, go) = (Gate::new(), Gate::new());
    let script = vec![
        ServerStep::Read,
        ok("1"),
        ServerStep::Read,
        ServerStep::OpenGate(reached.clone()),
        ServerStep::Read,
        ok("3"),
        ServerStep::Wait(go.clone()),
        ServerStep::OnStream(3, Box::new(ok("2"))),
        ServerStep::Read,
        ok("4"),
        ServerStep::KeepOpen,
    ];
    for server in TestServer::each([script]) {
        let brief = HyperTransport::builder().idle_timeout(Duration::from_secs(2));
        let transport = server.client(brief);
        transport.send(server.get()).await.unwrap();
        let running = tokio::spawn({
            let (transport, request) = (transport.clone(), server.get());
            async move { transport.send(request).await.unwrap() }
        });
        reached.pass().await;
        clock.pass(3_000).await;
        assert_eq!(transport.send(server.get()).await.unwrap().body(), "3");
        clock.pass(3_000).await;
        go.open();
        assert_eq!(running.await.unwrap().body(), "2");
        // Idle time counts from the end of a request, not from its start.
        clock.pass(1_900).await;
        assert_eq!(transport.send(server.get()).await.unwrap().body(), "4");
        server.finish().await;
    }
}
