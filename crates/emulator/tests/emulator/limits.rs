//! Clients that send too much, too slowly, or stop. Time is tokio's paused clock, which advances only when all is idle.

use gatelet_models::Timestamp;
use gatelet_models::dt::ActiveGateToken;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, interval};

use crate::socket::{authorized, exchange, request, start_server};
use crate::support::{memory, seeded};

const TOKENS: &str = "/api/v2/activeGateTokens";
/// How long a client may keep a connection without progress.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(10);

// E26
#[tokio::test(start_paused = true)]
async fn a_large_body_is_refused_with_its_length_or_chunked() {
    let server = start_server(memory()).await;
    let line = "POST /api/v2/activeGateTokens";
    // With its length: refused before a byte of it is sent.
    let announced = request(line, "Content-Length: 1048577\r\n");
    let mut chunked = request(line, "Transfer-Encoding: chunked\r\n");
    for _ in 0..16 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend_from_slice(&[b' '; 0x10000]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"1\r\n ");
    for request in [announced, chunked] {
        let (head, body) = exchange(&server, &request).await;
        assert!(head.starts_with("HTTP/1.1 413"), "{head}");
        assert!(head.contains("\r\nconnection: close"), "{head}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["error"]["code"], 413);
    }
}

// E4
#[tokio::test(start_paused = true)]
async fn a_large_head_is_refused() {
    let server = start_server(memory()).await;
    let large = format!("Authorization: Api-Token {}\r\n", "x".repeat(1 << 20));
    let (head, body) = exchange(&server, &request("GET /api/v2/activeGateTokens", &large)).await;
    assert!(head.starts_with("HTTP/1.1 431"), "{head}");
    assert!(!head.contains("xxx") && !body.contains("xxx"), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["error"]["code"], 431);
    let (head, _) = exchange(&server, &authorized("GET /api/v2/activeGateTokens")).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}

// E27
#[tokio::test(start_paused = true)]
async fn heads_beyond_their_limits_are_refused_by_status() {
    let server = start_server(memory()).await;
    let long = "x".repeat(1 << 20);
    let many: String = (0..10_000).map(|n| format!("x-{n}: y\r\n")).collect();
    for (request, status) in [
        (request(&format!("GET {TOKENS}"), &many), 431),
        (request(&format!("GET {TOKENS}?{long}"), ""), 414),
        (request(&format!("GET /{long}"), ""), 414),
        (
            request(&format!("GET {TOKENS}"), &format!("x: {long}\r\n")),
            431,
        ),
    ] {
        let (head, _) = exchange(&server, &request).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(head.starts_with(&expected), "{expected}: {head}");
    }
    let (head, _) = exchange(&server, &authorized(&format!("GET {TOKENS}"))).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}

// E27
#[tokio::test(start_paused = true)]
async fn a_missing_body_after_100_continue_closes_the_connection() {
    let server = start_server(memory()).await;
    let expecting = "Content-Length: 10\r\nExpect: 100-continue\r\n";
    let before = Instant::now();
    let (head, body) = exchange(&server, &request(&format!("POST {TOKENS}"), expecting)).await;
    assert!(head.starts_with("HTTP/1.1 100 Continue"), "{head}");
    assert!(body.starts_with("HTTP/1.1 408"), "{body}");
    assert!(before.elapsed() <= CLIENT_TIMEOUT);
}

/// Sends a start, then a byte each second; returns how long the server reads.
async fn trickle(mut stream: TcpStream, start: &[u8]) -> Duration {
    let opened = Instant::now();
    stream.write_all(start).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let send = async {
        let mut seconds = interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            if writer.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut response = Vec::new();
    tokio::select! {
        () = send => {}
        _ = reader.read_to_end(&mut response) => {}
    }
    opened.elapsed()
}

/// Sends a start and no more; returns how long the server waits.
async fn stall(mut stream: TcpStream, start: &[u8]) -> Duration {
    let opened = Instant::now();
    stream.write_all(start).await.unwrap();
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    opened.elapsed()
}

// E25
#[tokio::test(start_paused = true)]
async fn slow_and_idle_connections_are_closed_and_others_served_meanwhile() {
    let server = start_server(seeded()).await;
    let announced = request(&format!("POST {TOKENS}"), "Content-Length: 1000\r\n");
    let finished = authorized(&format!("GET {TOKENS}"));
    let kept_alive = String::from_utf8(finished.clone()).unwrap();
    let kept_alive = kept_alive.replace("Connection: close\r\n", "").into_bytes();
    let mut closed = JoinSet::new();
    for n in 0..60 {
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let (announced, kept_alive) = (announced.clone(), kept_alive.clone());
        closed.spawn(async move {
            match n % 5 {
                0 => trickle(stream, b"GET /").await,
                1 => trickle(stream, &announced).await,
                2 => stall(stream, &announced).await,
                3 => stall(stream, &kept_alive).await,
                _ => stall(stream, b"").await,
            }
        });
    }
    let mut seconds = interval(Duration::from_secs(1));
    for _ in 0..6 {
        seconds.tick().await;
        let (head, _) = exchange(&server, &finished).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(closed.try_join_next().is_none(), "one was closed early");
    }
    for after in closed.join_all().await {
        assert!(after <= CLIENT_TIMEOUT, "{after:?}");
    }
}

// E25
#[tokio::test(start_paused = true)]
async fn a_client_that_reads_no_response_is_disconnected() {
    let emulator = memory();
    let token = |n| {
        let name = "x".repeat(10_000);
        ActiveGateToken::new(format!("dt0g02.{n}"), Timestamp::UNSET).with_name(name)
    };
    emulator
        .add_active_gate_tokens((0..200).map(token))
        .unwrap();
    let server = start_server(emulator).await;
    let get = String::from_utf8(authorized(&format!("GET {TOKENS}?pageSize=200"))).unwrap();
    let get = get.replace("Connection: close\r\n", "");
    for patience in [CLIENT_TIMEOUT / 5, CLIENT_TIMEOUT] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        // Twenty responses of two megabytes exceed the system's socket buffers.
        stream.write_all(get.repeat(20).as_bytes()).await.unwrap();
        let mut later = interval(patience);
        later.tick().await;
        later.tick().await;
        let mut responses = Vec::new();
        let _ = stream.read_to_end(&mut responses).await;
        let is_whole = responses.len() > 20 * 200 * 10_000;
        assert_eq!(
            is_whole,
            patience < CLIENT_TIMEOUT,
            "{} bytes",
            responses.len()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_client_that_sends_everything_first_receives_the_response() {
    let server = start_server(memory()).await;
    let size = 16 << 20;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let announced = format!("Content-Length: {size}\r\n");
    let head = request(&format!("POST {TOKENS}"), &announced);
    stream.write_all(&head).await.unwrap();
    stream.write_all(&vec![b' '; size]).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 413"), "{response}");
}
