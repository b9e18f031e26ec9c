//! Which connections `HyperTransport` reuses, and what dropped calls do to them.

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_transport::{CallTimeouts, Phase, Sent, Transport, TransportErrorKind};
use http::StatusCode;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::SHORT;
use crate::calls::{channel, read};
use crate::frames;
use crate::load::endless_server;
use crate::script::{Gate, ServerStep, empty, head, ok, response_begun, rest, send};
use crate::test_server::TestServer;

#[tokio::test]
async fn consecutive_requests_share_a_connection() {
    let script = vec![
        ServerStep::Read,
        ok("1"),
        ServerStep::Read,
        ok("2"),
        ServerStep::Read,
        ok("3"),
        ServerStep::KeepOpen,
    ];
    for server in TestServer::each([script]) {
        let transport = server.client(HyperTransport::builder());
        for expected in ["1", "2", "3"] {
            assert_eq!(
                transport.clone().send(server.post()).await.unwrap().body(),
                expected
            );
        }
        server.finish().await;
    }
}

// T26
#[tokio::test]
async fn an_idle_connection_is_closed_after_its_timeout() {
    let gate = Gate::new();
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            ok("1"),
            ServerStep::ClientCloses,
            ServerStep::OpenGate(gate.clone()),
        ],
        vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder().idle_timeout(SHORT));
        transport.send(server.get()).await.unwrap();
        gate.pass().await;
        assert_eq!(transport.send(server.get()).await.unwrap().body(), "2");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_dropped_transport_closes_its_connections() {
    for server in TestServer::each([vec![ServerStep::Read, ok("1"), ServerStep::ClientCloses]]) {
        let transport = server.client(HyperTransport::builder());
        transport.send(server.get()).await.unwrap();
        drop(transport);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_pool_for_no_connections_keeps_none() {
    let once = || vec![ServerStep::Read, ok("1"), ServerStep::ClientCloses];
    for server in TestServer::each([once(), once()]) {
        let transport = server.client(HyperTransport::builder().max_idle_connections(0));
        transport.send(server.get()).await.unwrap();
        transport.send(server.get()).await.unwrap();
        server.finish().await;
    }
}

// T30
#[tokio::test]
async fn bytes_after_a_bodiless_response_never_reach_the_next_call() {
    for status in [204, 304] {
        let odd = head(status, &[("content-length", "4")]);
        let late = Gate::new();
        for server in TestServer::each([
            vec![
                ServerStep::Read,
                odd.clone(),
                ServerStep::Wait(late.clone()),
                send("HTTP/1.1 500 Wrong\r\n\r\n"),
            ],
            vec![ServerStep::Read, ok("mine"), ServerStep::KeepOpen],
        ]) {
            let transport = server.client(HyperTransport::builder());
            let response = transport
                .send(server.request(http::Method::DELETE, ""))
                .await
                .unwrap();
            assert!(response.body().is_empty());
            let next = transport.send(server.get()).await.unwrap();
            late.open();
            assert_eq!(
                (next.status(), next.body().as_ref()),
                (StatusCode::OK, &b"mine"[..])
            );
            server.finish().await;
        }
    }
}

// T15
#[tokio::test]
async fn bytes_beyond_the_announced_length_never_reach_the_next_call() {
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]HTTP/1.1 500 Wrong\r\n\r\n"),
        ],
        vec![ServerStep::Read, ok("mine"), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        assert_eq!(transport.send(server.get()).await.unwrap().body(), "[]");
        assert_eq!(transport.send(server.get()).await.unwrap().body(), "mine");
        server.finish().await;
    }
}

// T45
#[tokio::test]
async fn a_connection_that_timed_out_is_not_reused() {
    for (said, phase) in [(vec![], Phase::FirstByte), (response_begun(), Phase::Stall)] {
        for server in TestServer::each([
            vec![
                ServerStep::Read,
                ServerStep::All(said),
                ServerStep::ClientCloses,
            ],
            vec![ServerStep::Read, ok("mine"), ServerStep::KeepOpen],
        ]) {
            let with_timeout = server.client(
                HyperTransport::builder()
                    .first_byte_timeout(SHORT)
                    .stall_timeout(SHORT),
            );
            let error = with_timeout.send(server.get()).await.unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Timeout(phase));
            let response = with_timeout.send(server.get()).await.unwrap();
            assert_eq!(response.body(), "mine");
            server.finish().await;
        }
    }
}

// T38
#[tokio::test]
async fn the_request_after_a_421_gets_a_fresh_connection() {
    let misdirected = empty(421, &[("content-length", "0")]);
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            ok("1"),
            ServerStep::Read,
            misdirected,
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        for expected in [200, 421, 200] {
            assert_eq!(
                transport.send(server.post()).await.unwrap().status(),
                expected
            );
        }
        server.finish().await;
    }
}

// U6, U9
#[tokio::test]
async fn a_408_or_421_affects_all_idle_connections_whatever_its_body() {
    let json = [
        ("content-type", "application/json"),
        ("content-length", "2"),
    ];
    for status in [408, 421] {
        let (there, first, second) = (Gate::new(), Gate::new(), Gate::new());
        let begins = |go: &Gate| {
            vec![
                ServerStep::Read,
                ServerStep::OpenGate(there.clone()),
                ServerStep::Wait(go.clone()),
                ok("1"),
            ]
        };
        let encoded = [("content-encoding", "gzip"), ("content-length", "2")];
        let sick = [ServerStep::Read, head(status, &encoded), rest("[]")];
        let server = TestServer::plays([
            [&begins(&first)[..], &[ServerStep::ClientCloses]].concat(),
            [&begins(&second)[..], &sick, &[ServerStep::ClientCloses]].concat(),
            vec![
                ServerStep::Read,
                head(200, &json),
                rest("{}"),
                ServerStep::KeepOpen,
            ],
        ]);
        let transport = server.client(HyperTransport::builder());
        let spawn = || {
            let (transport, request) = (transport.clone(), server.get());
            tokio::spawn(async move { transport.send(request).await })
        };
        let mut calls = Vec::new();
        for _ in 0..2 {
            calls.push(spawn());
            there.pass().await;
        }
        // The most recently used connection is used first.
        for (call, go) in calls.into_iter().zip([first, second]) {
            go.open();
            call.await.unwrap().unwrap();
        }
        let channel = channel(&server, &transport, CallTimeouts::default());
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 2);
        server.finish().await;
    }
}

// T45
#[tokio::test]
async fn a_connection_is_reused_after_a_503() {
    let busy = empty(503, &[("content-length", "0")]);
    for server in TestServer::each([vec![
        ServerStep::Read,
        busy,
        ServerStep::Read,
        ok("1"),
        ServerStep::KeepOpen,
    ]]) {
        let transport = server.client(HyperTransport::builder());
        assert_eq!(transport.send(server.get()).await.unwrap().status(), 503);
        assert_eq!(transport.send(server.get()).await.unwrap().status(), 200);
        server.finish().await;
    }
}

/// The server closes an idle connection, which the client notices only when it reuses it.
fn an_idle_connection_ends(runtime: &Runtime, end: ServerStep) {
    for method in [http::Method::GET, http::Method::POST] {
        let (idle, gone) = (Gate::new(), Gate::new());
        for server in TestServer::each([
            vec![
                ServerStep::Read,
                ok("1"),
                // A reset right after a response may overtake it.
                ServerStep::Wait(idle.clone()),
                end.clone(),
                ServerStep::OpenGate(gone.clone()),
            ],
            vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
        ]) {
            let transport = server.client(HyperTransport::builder());
            runtime.block_on(transport.send(server.get())).unwrap();
            idle.open();
            // Nothing polls the client's sockets meanwhile.
            Runtime::new().unwrap().block_on(gone.pass());
            let request = server.request(method.clone(), "{}");
            let response = runtime.block_on(transport.send(request)).unwrap();
            assert_eq!(response.body(), "2");
            assert_eq!(server.finish_without_runtime().len(), 2);
        }
    }
}

// T46
#[test]
fn an_idle_connection_closed_by_the_server_is_replaced_without_an_error() {
    let one_thread = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let many_threads = Runtime::new().unwrap();
    for runtime in [one_thread, many_threads] {
        for end in [ServerStep::Close, ServerStep::Reset] {
            an_idle_connection_ends(&runtime, end);
        }
    }
}

// T46
#[tokio::test]
async fn a_reused_connection_that_took_the_request_and_died_counts_as_sent() {
    for server in TestServer::each([vec![ServerStep::Read, ok("1"), ServerStep::Read]]) {
        let transport = server.client(HyperTransport::builder());
        transport.send(server.get()).await.unwrap();
        let error = transport.send(server.post()).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Interrupted);
        assert_eq!(error.sent(), Sent::Whole);
        assert_eq!(
            server.finish().await.len(),
            2,
            "the transport must not send it again by itself"
        );
    }
}

// T45
#[tokio::test]
async fn a_connection_whose_peer_reads_nothing_is_closed() {
    reads_nothing(vec![]).await;
    // A server that announces the largest windows of HTTP/2.
    let [first, second] = [vec![0, 4, 0x7f, 0xff, 0xff, 0xff], vec![0x7f, 0, 0, 0]];
    let settings = ServerStep::Frame(frames::SETTINGS, 0, first);
    let window = ServerStep::Frame(frames::WINDOW_UPDATE, 0, second);
    let on_connection = |frame| ServerStep::OnStream(0, Box::new(frame));
    reads_nothing(
        vec![settings, window]
            .into_iter()
            .map(on_connection)
            .collect(),
    )
    .await;
}

async fn reads_nothing(mut script: Vec<ServerStep>) {
    let gate = Gate::new();
    script.push(ServerStep::Wait(gate.clone()));
    for server in TestServer::each([script]) {
        let tasks = || {
            tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks()
        };
        let before = tasks();
        let with_timeout = server.client(HyperTransport::builder().first_byte_timeout(SHORT));
        let large = server.get().map(|_| Bytes::from(vec![b'x'; 32 << 20]));
        let error = with_timeout.send(large).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::FirstByte));
        assert_eq!(error.sent(), Sent::Part);
        drop(with_timeout);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(tasks(), before);
        gate.open();
        server.finish().await;
    }
}

// T48
#[tokio::test]
async fn a_call_dropped_at_any_point_closes_its_connection() {
    let begun = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123";
    for said in ["", "HTTP/1.1 200", begun] {
        let reached = Gate::new();
        for server in TestServer::each([
            vec![
                ServerStep::Read,
                send(said),
                ServerStep::OpenGate(reached.clone()),
                ServerStep::ClientCloses,
            ],
            vec![ServerStep::Read, ok("mine"), ServerStep::KeepOpen],
        ]) {
            let transport = server.client(HyperTransport::builder());
            let call = tokio::spawn({
                let (transport, request) = (transport.clone(), server.get());
                async move { transport.send(request).await }
            });
            reached.pass().await;
            call.abort();
            assert!(call.await.unwrap_err().is_cancelled());
            assert_eq!(transport.send(server.get()).await.unwrap().body(), "mine");
            server.finish().await;
        }
    }
}

// T48
#[tokio::test]
async fn many_calls_dropped_at_random_points_leave_nothing_behind() {
    const CALLS: usize = 1_000;
    let address = endless_server();
    let transport = HyperTransport::builder().max_in_flight(16).build();
    let request = || {
        let uri = format!("http://{address}/");
        http::Request::post(uri)
            .body(Bytes::from_static(b"0123456789"))
            .unwrap()
    };
    transport.send(request()).await.unwrap();
    let tasks = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    for call in 0..CALLS {
        let mut future = Box::pin(transport.send(request()));
        // Polls this many times, with the work of the runtime in between.
        for _ in 0..call % 17 {
            let once = std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx)));
            if once.await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    // All permits were returned: as many calls as allowed succeed at once.
    let mut calls = JoinSet::new();
    for _ in 0..64 {
        let (transport, request) = (transport.clone(), request());
        calls.spawn(async move { transport.send(request).await.unwrap() });
    }
    while let Some(call) = calls.join_next().await {
        assert_eq!(call.unwrap().body(), "ok");
    }
    drop(transport);
    for _ in 0..1_000 {
        if tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
            < tasks
        {
            break;
        }
        tokio::task::yield_now().await;
    }
    let left = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    assert!(left < tasks, "{left} tasks of {tasks}");
}

#[tokio::test]
async fn no_more_requests_are_in_flight_than_allowed() {
    let (arrived, go) = (Gate::new(), Gate::new());
    let script = || {
        vec![
            ServerStep::Read,
            ServerStep::OpenGate(arrived.clone()),
            ServerStep::Wait(go.clone()),
            ok("1"),
        ]
    };
    let server = TestServer::plays([script(), script(), script(), script()]);
    let transport = HyperTransport::builder()
        .max_in_flight(2)
        .max_idle_connections(0)
        .build();
    let mut calls = JoinSet::new();
    for _ in 0..4 {
        let (transport, request) = (transport.clone(), server.get());
        calls.spawn(async move { transport.send(request).await.unwrap() });
    }
    for _ in 0..2 {
        arrived.pass().await;
        arrived.pass().await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!arrived.is_open(), "a third request is under way");
        go.open();
        go.open();
    }
    while let Some(call) = calls.join_next().await {
        assert_eq!(call.unwrap().status(), 200);
    }
    assert_eq!(server.finish().await.len(), 4);
}
