//! HTTP/2 connections with stalled streams.

#![allow(clippy::disallowed_methods)] // It runs on real sockets, so its timeouts are real too.

use std::time::Duration;

use gatelet_hyper::HyperTransport;
use gatelet_transport::{CallTimeouts, ErrorKind, Phase, Transport};

use crate::SHORT;
use crate::calls::{channel, create, read};
use crate::frames::WINDOW_UPDATE;
use crate::script::{Gate, ServerStep, head, ok, rest};
use crate::stopped_clock::StoppedClock;
use crate::test_server::TestServer;

const PING: u8 = 6;

/// Frames that show that the peer is alive, but no progress of a stream.
fn signs_of_life() -> ServerStep {
    let on_connection =
        |kind, payload| ServerStep::OnStream(0, Box::new(ServerStep::Frame(kind, 0, payload)));
    ServerStep::All(vec![
        on_connection(PING, vec![7; 8]),
        on_connection(WINDOW_UPDATE, vec![0, 0, 1, 0]),
    ])
}

fn json() -> ServerStep {
    let fields = [
        ("content-type", "application/json"),
        ("content-length", "2"),
    ];
    ServerStep::All(vec![head(200, &fields), rest("{}")])
}

// U10
#[tokio::test(start_paused = true)]
async fn the_attempt_and_the_call_after_a_stalled_stream_get_another_connection() {
    const ATTEMPT: Duration = Duration::from_secs(2);

    let (clock, reached) = (StoppedClock::new(), Gate::new());
    let (other_there, go) = (Gate::new(), Gate::new());
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            json(),
            ServerStep::Read,
            ServerStep::OpenGate(other_there.clone()),
            ServerStep::Read,
            signs_of_life(),
            ServerStep::OpenGate(reached.clone()),
            ServerStep::ReadReset,
            signs_of_life(),
            ServerStep::Wait(go.clone()),
            ServerStep::OnStream(3, Box::new(ok("1"))),
            ServerStep::ClientCloses,
        ],
        vec![
            ServerStep::Read,
            json(),
            ServerStep::Read,
            json(),
            ServerStep::KeepOpen,
        ],
    ]) {
        let transport = server.client(HyperTransport::builder());
        let channel = channel(
            &server,
            &transport,
            CallTimeouts::default().attempt(ATTEMPT),
        );
        channel.call(read()).await.unwrap();
        // It began earlier, and keeps its own timeout.
        let other = tokio::spawn({
            let (transport, request) = (transport.clone(), server.get());
            async move { transport.send(request).await }
        });
        other_there.pass().await;
        let call = tokio::spawn({
            let channel = channel.clone();
            async move { channel.call(read()).await }
        });
        reached.pass().await;
        // The attempt, and the longest wait before the next one.
        clock.pass_and_settle(2_000).await;
        clock.pass(50).await;
        assert_eq!(call.await.unwrap().unwrap().attempts(), 2);
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 1);
        go.open();
        assert_eq!(other.await.unwrap().unwrap().body(), "1");
        server.finish().await;
    }
}

// U10
#[tokio::test]
async fn a_connection_evicted_from_the_pool_is_retired_too() {
    for pushes_out in TestServer::each([vec![ServerStep::Read, ok("0"), ServerStep::KeepOpen]]) {
        let (other_there, reached, go) = (Gate::new(), Gate::new(), Gate::new());
        for server in TestServer::each([
            vec![
                ServerStep::Read,
                ServerStep::OpenGate(other_there.clone()),
                ServerStep::Read,
                ServerStep::OpenGate(reached.clone()),
                ServerStep::ReadReset,
                ServerStep::Wait(go.clone()),
                ServerStep::OnStream(1, Box::new(ok("1"))),
                ServerStep::ClientCloses,
            ],
            vec![ServerStep::Read, json(), ServerStep::KeepOpen],
        ]) {
            let transport = server.client(HyperTransport::builder().max_idle_connections(1));
            let channel = channel(&server, &transport, CallTimeouts::default().attempt(SHORT));
            let other = tokio::spawn({
                let (transport, request) = (transport.clone(), server.get());
                async move { transport.send(request).await }
            });
            other_there.pass().await;
            let stalled = tokio::spawn(async move { channel.call(create("{}".into())).await });
            reached.pass().await;
            transport.send(pushes_out.get()).await.unwrap();
            stalled.await.unwrap().unwrap_err();
            go.open();
            assert_eq!(other.await.unwrap().unwrap().body(), "1");
            assert_eq!(transport.send(server.get()).await.unwrap().body(), "{}");
            server.finish().await;
        }
        pushes_out.finish().await;
    }
}

// U10
#[tokio::test]
async fn a_stalled_body_is_a_stalled_stream() {
    let begun = ServerStep::All(vec![
        head(200, &[("content-type", "application/json")]),
        ServerStep::Body(b"{".to_vec(), false),
    ]);
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            json(),
            ServerStep::Read,
            begun,
            signs_of_life(),
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, json(), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        let channel = channel(&server, &transport, CallTimeouts::default().attempt(SHORT));
        channel.call(read()).await.unwrap();
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 2);
        server.finish().await;
    }
}

// U10
#[tokio::test]
async fn a_connection_is_not_reused_after_a_create_stalled_on_it() {
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            json(),
            ServerStep::Read,
            signs_of_life(),
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, json(), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        let channel = channel(&server, &transport, CallTimeouts::default().attempt(SHORT));
        channel.call(read()).await.unwrap();
        let error = channel.call(create("{}".into())).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Timeout(Phase::Attempt));
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 1);
        server.finish().await;
    }
}

// U10
#[tokio::test(start_paused = true)]
async fn a_connection_with_nothing_but_pings_is_not_reused_after_a_long_wait() {
    let (clock, reached) = (StoppedClock::new(), Gate::new());
    for server in TestServer::each([
        vec![
            ServerStep::Read,
            json(),
            ServerStep::Read,
            signs_of_life(),
            ServerStep::OpenGate(reached.clone()),
            ServerStep::ClientCloses,
        ],
        vec![ServerStep::Read, ok("2"), ServerStep::KeepOpen],
    ]) {
        let transport = server.client(HyperTransport::builder());
        transport.send(server.get()).await.unwrap();
        let call = tokio::spawn({
            let (transport, request) = (transport.clone(), server.get());
            async move { transport.send(request).await }
        });
        reached.pass().await;
        clock.pass(1_100).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        assert_eq!(transport.send(server.get()).await.unwrap().body(), "2");
        server.finish().await;
    }
}

// T48
#[tokio::test]
async fn calls_dropped_early_leave_the_connection_reusable() {
    let reached = Gate::new();
    let mut script = vec![ServerStep::Read, json()];
    for _ in 0..5 {
        script.extend([
            ServerStep::Read,
            signs_of_life(),
            ServerStep::OpenGate(reached.clone()),
        ]);
    }
    script.extend([ServerStep::Read, ok("1"), ServerStep::KeepOpen]);
    for server in TestServer::each([script]) {
        let transport = server.client(HyperTransport::builder());
        transport.send(server.get()).await.unwrap();
        for _ in 0..5 {
            tokio::select! {
                _ = transport.send(server.get()) => panic!("the server does not respond"),
                () = reached.pass() => {}
            }
        }
        assert_eq!(transport.send(server.get()).await.unwrap().body(), "1");
        server.finish().await;
    }
}
