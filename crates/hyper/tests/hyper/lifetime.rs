//! How long `HyperTransport` uses a connection, on a clock that the tests move.

use std::time::Duration;

use gatelet_hyper::HyperTransport;
use gatelet_transport::{CallTimeouts, Transport};
use http::StatusCode;

use crate::calls::{channel, create};
use crate::script::{Step, head, rest, send};
use crate::stopped_clock::StoppedClock;
use crate::wire::Wire;

/// A response of HTTP/1.1 with these fields.
fn answer(fields: &str) -> Step {
    send(&format!(
        "HTTP/1.1 200 OK\r\n{fields}content-length: 2\r\n\r\n{{}}"
    ))
}

fn created(fields: &[(&'static str, &str)]) -> Step {
    let json = [
        ("content-type", "application/json"),
        ("content-length", "2"),
    ];
    Step::All(vec![head(201, &[&json, fields].concat()), rest("{}")])
}

// U22
#[tokio::test(start_paused = true)]
async fn a_create_after_the_keep_alive_of_the_server_goes_over_a_new_connection() {
    let clock = StoppedClock::new();
    for wire in Wire::each([
        vec![
            Step::Read,
            answer("keep-alive: timeout=2\r\n"),
            Step::ClientCloses,
        ],
        vec![Step::Read, created(&[]), Step::Stay],
    ]) {
        let transport = wire.client(HyperTransport::builder());
        transport.send(wire.get()).await.unwrap();
        clock.pass(3_000).await;
        let channel = channel(&wire, &transport, CallTimeouts::default());
        let reply = channel.call(create("{}".into())).await.unwrap();
        assert_eq!(reply.attempts(), 1);
        wire.finish().await;
    }
}

// U22
#[tokio::test(start_paused = true)]
async fn the_keep_alive_of_the_server_is_believed_where_it_can_be_read() {
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
                Step::Read,
                answer(fields),
                Step::Read,
                answer(""),
                Step::Stay,
            ];
            vec![both]
        } else {
            vec![
                vec![Step::Read, answer(fields), Step::ClientCloses],
                vec![Step::Read, answer(""), Step::Stay],
            ]
        };
        for wire in Wire::each_of(&scripts) {
            let transport = wire.client(HyperTransport::builder());
            transport.send(wire.get()).await.unwrap();
            clock.pass(milliseconds).await;
            let next = transport.send(wire.post()).await.unwrap();
            assert_eq!(next.status(), StatusCode::OK);
            wire.finish().await;
        }
    }
}

// U22
#[tokio::test(start_paused = true)]
async fn a_connection_of_http_1_0_that_is_kept_is_kept_for_as_long_as_it_says() {
    let clock = StoppedClock::new();
    let kept = "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\nkeep-alive: timeout=2\r\ncontent-length: 2\r\n\r\n{}";
    for wire in Wire::each([
        vec![
            Step::Read,
            send(kept),
            Step::Read,
            send(kept),
            Step::ClientCloses,
        ],
        vec![Step::Read, answer(""), Step::Stay],
    ]) {
        let transport = wire.client(HyperTransport::builder());
        for milliseconds in [500, 3_000, 0] {
            transport.send(wire.post()).await.unwrap();
            clock.pass(milliseconds).await;
        }
        wire.finish().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_keep_alive_that_the_next_response_does_not_repeat_still_holds() {
    let clock = StoppedClock::new();
    for (next, milliseconds, is_reused) in [
        ("", 3_000, false),
        ("keep-alive: max=9\r\n", 3_000, false),
        ("keep-alive: timeout=9\r\n", 3_000, true),
    ] {
        let mut first = vec![
            Step::Read,
            answer("keep-alive: timeout=2\r\n"),
            Step::Read,
            answer(next),
        ];
        let scripts = if is_reused {
            first.extend([Step::Read, answer(""), Step::Stay]);
            vec![first]
        } else {
            first.push(Step::ClientCloses);
            vec![first, vec![Step::Read, answer(""), Step::Stay]]
        };
        for wire in Wire::each_of(&scripts) {
            let transport = wire.client(HyperTransport::builder());
            for milliseconds in [0, milliseconds, 0] {
                transport.send(wire.post()).await.unwrap();
                clock.pass(milliseconds).await;
            }
            wire.finish().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_takes_no_more_requests_than_its_server_said_once() {
    let _clock = StoppedClock::new();
    for wire in Wire::each([
        vec![
            Step::Read,
            answer("keep-alive: max=2\r\n"),
            Step::Read,
            answer(""),
            Step::Read,
            answer(""),
            Step::ClientCloses,
        ],
        vec![
            Step::Read,
            answer("keep-alive: max=0\r\n"),
            Step::ClientCloses,
        ],
        vec![Step::Read, answer(""), Step::Stay],
    ]) {
        let transport = wire.client(HyperTransport::builder());
        for _ in 0..5 {
            transport.send(wire.post()).await.unwrap();
        }
        wire.finish().await;
    }
}

// U23
#[tokio::test(start_paused = true)]
async fn sixty_calls_in_six_seconds_take_three_connections_of_two_seconds() {
    let clock = StoppedClock::new();
    let mut script = Vec::new();
    for _ in 0..20 {
        script.extend([Step::Read, created(&[])]);
    }
    let closes = [&script[..], &[Step::ClientCloses]].concat();
    let stays = [&script[..], &[Step::Stay]].concat();
    for wire in Wire::each([closes.clone(), closes, stays]) {
        let aging = HyperTransport::builder().max_connection_age(Duration::from_secs(2));
        let transport = wire.client(aging);
        for _ in 0..60 {
            let response = transport.send(wire.post()).await.unwrap();
            assert_eq!(response.status(), StatusCode::CREATED);
            clock.pass(100).await;
        }
        assert_eq!(wire.finish().await.len(), 60);
    }
}

// U23
#[tokio::test(start_paused = true)]
async fn an_idle_connection_of_the_greatest_age_is_closed() {
    let clock = StoppedClock::new();
    let closed = crate::script::Gate::new();
    for wire in Wire::each([vec![
        Step::Read,
        created(&[]),
        Step::ClientCloses,
        Step::Open(closed.clone()),
    ]]) {
        let aging = HyperTransport::builder().max_connection_age(Duration::from_secs(2));
        let transport = wire.client(aging);
        transport.send(wire.post()).await.unwrap();
        clock.pass(2_000).await;
        closed.pass().await;
        wire.finish().await;
    }
}

// U23
#[cfg(feature = "_tls")]
#[tokio::test(start_paused = true)]
async fn a_request_that_runs_when_its_connection_comes_of_age_goes_on_to_its_end() {
    use crate::script::{Gate, ok};

    let clock = StoppedClock::new();
    let (reached, go) = (Gate::new(), Gate::new());
    for wire in Wire::each([
        vec![
            Step::Read,
            ok("1"),
            Step::Read,
            Step::Open(reached.clone()),
            Step::Wait(go.clone()),
            ok("2"),
            Step::ClientCloses,
        ],
        vec![Step::Read, ok("3"), Step::Read, ok("4"), Step::Stay],
    ]) {
        let aging = HyperTransport::builder().max_connection_age(Duration::from_secs(2));
        let transport = wire.client(aging);
        transport.send(wire.post()).await.unwrap();
        let running = tokio::spawn({
            let (transport, request) = (transport.clone(), wire.post());
            async move { transport.send(request).await.unwrap() }
        });
        reached.pass().await;
        clock.pass(2_000).await;
        assert_eq!(transport.send(wire.post()).await.unwrap().body(), "3");
        go.open();
        assert_eq!(running.await.unwrap().body(), "2");
        assert_eq!(transport.send(wire.post()).await.unwrap().body(), "4");
        wire.finish().await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_greatest_age_a_connection_in_use_lives_on() {
    let clock = StoppedClock::new();
    let mut script = Vec::new();
    for _ in 0..30 {
        script.extend([Step::Read, created(&[])]);
    }
    script.push(Step::Stay);
    for wire in Wire::each([script]) {
        let ageless = HyperTransport::builder().max_connection_age(Duration::MAX);
        let transport = wire.client(ageless);
        for _ in 0..30 {
            transport.send(wire.post()).await.unwrap();
            clock.pass(50_000).await;
        }
        wire.finish().await;
    }
}

#[cfg(feature = "_tls")]
#[tokio::test(start_paused = true)]
async fn a_connection_that_somebody_uses_is_not_idle() {
    use crate::script::{Gate, ok};

    let clock = StoppedClock::new();
    let (reached, go) = (Gate::new(), Gate::new());
    let script = vec![
        Step::Read,
        ok("1"),
        Step::Read,
        Step::Open(reached.clone()),
        Step::Read,
        ok("3"),
        Step::Wait(go.clone()),
        Step::On(3, Box::new(ok("2"))),
        Step::Read,
        ok("4"),
        Step::Stay,
    ];
    for wire in Wire::each([script]) {
        let brief = HyperTransport::builder().idle_timeout(Duration::from_secs(2));
        let transport = wire.client(brief);
        transport.send(wire.get()).await.unwrap();
        let running = tokio::spawn({
            let (transport, request) = (transport.clone(), wire.get());
            async move { transport.send(request).await.unwrap() }
        });
        reached.pass().await;
        clock.pass(3_000).await;
        assert_eq!(transport.send(wire.get()).await.unwrap().body(), "3");
        clock.pass(3_000).await;
        go.open();
        assert_eq!(running.await.unwrap().body(), "2");
        // It has been idle since that, and not since its last request began.
        clock.pass(1_900).await;
        assert_eq!(transport.send(wire.get()).await.unwrap().body(), "4");
        wire.finish().await;
    }
}
