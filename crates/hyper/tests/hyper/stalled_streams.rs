//! Connections of HTTP/2 whose streams stand still.

#![allow(clippy::disallowed_methods)] // It runs on real sockets, so its time is real too.

use std::time::Duration;

use gatelet_hyper::HyperTransport;
use gatelet_transport::{CallTimeouts, ErrorKind, Phase, Transport};

use crate::SHORT;
use crate::calls::{channel, create, read};
use crate::frames::WINDOW_UPDATE;
use crate::script::{Gate, Step, head, ok, rest};
use crate::stopped_clock::StoppedClock;
use crate::wire::Wire;

const PING: u8 = 6;

/// Shows that the peer is there, and nothing about its streams.
fn signs_of_life() -> Step {
    let on_connection = |kind, payload| Step::On(0, Box::new(Step::Frame(kind, 0, payload)));
    Step::All(vec![
        on_connection(PING, vec![7; 8]),
        on_connection(WINDOW_UPDATE, vec![0, 0, 1, 0]),
    ])
}

fn json() -> Step {
    let fields = [
        ("content-type", "application/json"),
        ("content-length", "2"),
    ];
    Step::All(vec![head(200, &fields), rest("{}")])
}

// U10
#[tokio::test(start_paused = true)]
async fn after_an_attempt_on_a_stalled_stream_the_next_one_and_the_next_call_go_elsewhere() {
    const ATTEMPT: Duration = Duration::from_secs(2);

    let (clock, reached) = (StoppedClock::new(), Gate::new());
    let (other_there, go) = (Gate::new(), Gate::new());
    for wire in Wire::each([
        vec![
            Step::Read,
            json(),
            Step::Read,
            Step::Open(other_there.clone()),
            Step::Read,
            signs_of_life(),
            Step::Open(reached.clone()),
            Step::ReadReset,
            signs_of_life(),
            Step::Wait(go.clone()),
            Step::On(3, Box::new(ok("1"))),
            Step::ClientCloses,
        ],
        vec![Step::Read, json(), Step::Read, json(), Step::Stay],
    ]) {
        let transport = wire.client(HyperTransport::builder());
        let channel = channel(&wire, &transport, CallTimeouts::default().attempt(ATTEMPT));
        channel.call(read()).await.unwrap();
        // It began before, and has its time.
        let other = tokio::spawn({
            let (transport, request) = (transport.clone(), wire.get());
            async move { transport.send(request).await }
        });
        other_there.pass().await;
        let call = tokio::spawn({
            let channel = channel.clone();
            async move { channel.call(read()).await }
        });
        reached.pass().await;
        // The attempt, and the longest wait for the next one.
        clock.pass_and_settle(2_000).await;
        clock.pass(50).await;
        assert_eq!(call.await.unwrap().unwrap().attempts(), 2);
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 1);
        go.open();
        assert_eq!(other.await.unwrap().unwrap().body(), "1");
        wire.finish().await;
    }
}

// U10
#[tokio::test]
async fn a_connection_that_the_pool_does_not_know_right_now_is_given_up_as_well() {
    for pushes_out in Wire::each([vec![Step::Read, ok("0"), Step::Stay]]) {
        let (other_there, reached, go) = (Gate::new(), Gate::new(), Gate::new());
        for wire in Wire::each([
            vec![
                Step::Read,
                Step::Open(other_there.clone()),
                Step::Read,
                Step::Open(reached.clone()),
                Step::ReadReset,
                Step::Wait(go.clone()),
                Step::On(1, Box::new(ok("1"))),
                Step::ClientCloses,
            ],
            vec![Step::Read, json(), Step::Stay],
        ]) {
            let transport = wire.client(HyperTransport::builder().max_idle_connections(1));
            let channel = channel(&wire, &transport, CallTimeouts::default().attempt(SHORT));
            let other = tokio::spawn({
                let (transport, request) = (transport.clone(), wire.get());
                async move { transport.send(request).await }
            });
            other_there.pass().await;
            let stalled = tokio::spawn(async move { channel.call(create("{}".into())).await });
            reached.pass().await;
            transport.send(pushes_out.get()).await.unwrap();
            stalled.await.unwrap().unwrap_err();
            go.open();
            assert_eq!(other.await.unwrap().unwrap().body(), "1");
            assert_eq!(transport.send(wire.get()).await.unwrap().body(), "{}");
            wire.finish().await;
        }
        pushes_out.finish().await;
    }
}

// U10
#[tokio::test]
async fn a_stalled_body_is_a_stalled_stream() {
    let begun = Step::All(vec![
        head(200, &[("content-type", "application/json")]),
        Step::Body(b"{".to_vec(), false),
    ]);
    for wire in Wire::each([
        vec![
            Step::Read,
            json(),
            Step::Read,
            begun,
            signs_of_life(),
            Step::ClientCloses,
        ],
        vec![Step::Read, json(), Step::Stay],
    ]) {
        let transport = wire.client(HyperTransport::builder());
        let channel = channel(&wire, &transport, CallTimeouts::default().attempt(SHORT));
        channel.call(read()).await.unwrap();
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 2);
        wire.finish().await;
    }
}

// U10
#[tokio::test]
async fn a_create_whose_stream_stalled_leaves_its_connection_to_nobody() {
    for wire in Wire::each([
        vec![
            Step::Read,
            json(),
            Step::Read,
            signs_of_life(),
            Step::ClientCloses,
        ],
        vec![Step::Read, json(), Step::Stay],
    ]) {
        let transport = wire.client(HyperTransport::builder());
        let channel = channel(&wire, &transport, CallTimeouts::default().attempt(SHORT));
        channel.call(read()).await.unwrap();
        let error = channel.call(create("{}".into())).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Timeout(Phase::Attempt));
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 1);
        wire.finish().await;
    }
}

// U10
#[tokio::test(start_paused = true)]
async fn a_caller_that_waited_for_long_leaves_a_connection_with_signs_of_life_to_nobody() {
    let (clock, reached) = (StoppedClock::new(), Gate::new());
    for wire in Wire::each([
        vec![
            Step::Read,
            json(),
            Step::Read,
            signs_of_life(),
            Step::Open(reached.clone()),
            Step::ClientCloses,
        ],
        vec![Step::Read, ok("2"), Step::Stay],
    ]) {
        let transport = wire.client(HyperTransport::builder());
        transport.send(wire.get()).await.unwrap();
        let call = tokio::spawn({
            let (transport, request) = (transport.clone(), wire.get());
            async move { transport.send(request).await }
        });
        reached.pass().await;
        clock.pass(1_100).await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        assert_eq!(transport.send(wire.get()).await.unwrap().body(), "2");
        wire.finish().await;
    }
}

// T48
#[tokio::test]
async fn callers_that_go_away_soon_leave_a_healthy_connection_to_others() {
    let reached = Gate::new();
    let mut script = vec![Step::Read, json()];
    for _ in 0..5 {
        script.extend([Step::Read, signs_of_life(), Step::Open(reached.clone())]);
    }
    script.extend([Step::Read, ok("1"), Step::Stay]);
    for wire in Wire::each([script]) {
        let transport = wire.client(HyperTransport::builder());
        transport.send(wire.get()).await.unwrap();
        for _ in 0..5 {
            tokio::select! {
                _ = transport.send(wire.get()) => panic!("nobody answers"),
                () = reached.pass() => {}
            }
        }
        assert_eq!(transport.send(wire.get()).await.unwrap().body(), "1");
        wire.finish().await;
    }
}
