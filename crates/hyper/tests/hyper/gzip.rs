//! Answers in gzip.

use std::io::Write;
#[cfg(target_os = "linux")]
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_transport::{TooLarge, Transport, TransportErrorKind};

use super::failure_of;
use super::script::{ServerStep, flood, ok};
use super::test_server::TestServer;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn asking() -> HyperTransportBuilder {
    HyperTransport::builder().accept_gzip()
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<ServerStep> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer = ServerStep::Send([head.as_bytes(), body].concat());
    vec![ServerStep::Read, answer, ServerStep::ClientCloses]
}

#[tokio::test]
async fn gzip_is_asked_for_and_undone_and_the_caller_sees_neither() {
    let mut script = encoded("gzip", &gzip(b"[1]"));
    script.truncate(2);
    script.extend([ServerStep::Read, ok("[2]"), ServerStep::KeepOpen]);
    let server = TestServer::plays([script]);
    let transport = asking().build();
    for body in ["[1]", "[2]"] {
        let answer = transport.send(server.get()).await.unwrap();
        assert_eq!(answer.body(), body);
        assert!(!answer.headers().contains_key("content-encoding"));
        assert!(
            answer
                .headers()
                .get("content-length")
                .is_none_or(|length| length == "3")
        );
    }
    for request in server.finish().await {
        assert!(request.contains("accept-encoding: gzip\r\n"), "{request}");
    }
}

#[tokio::test]
async fn nothing_is_asked_for_unless_that_is_turned_on() {
    let server = TestServer::plays([vec![ServerStep::Read, ok("1"), ServerStep::KeepOpen]]);
    HyperTransport::new().send(server.get()).await.unwrap();
    assert!(!server.finish().await[0].contains("accept-encoding"));
}

#[tokio::test]
async fn a_caller_who_asks_for_an_encoding_gets_it_as_it_comes() {
    let server = TestServer::plays([encoded("br", b"??")[..2].to_vec()]);
    let mut request = server.get();
    let encoding = http::HeaderValue::from_static("br");
    request.headers_mut().insert("accept-encoding", encoding);
    let answer = asking().build().send(request).await.unwrap();
    assert_eq!(answer.body(), "??");
    assert_eq!(answer.headers()["content-encoding"], "br");
    server.finish().await;
}

// T22
#[tokio::test]
async fn an_encoding_other_than_the_one_asked_for_is_a_protocol_error() {
    let body = gzip(b"[1]");
    for (encoding, body) in [
        ("br", &body[..]),
        ("gzip, gzip", &body),
        ("gzip\r\ncontent-encoding: gzip", &body),
        ("gzip", &body[..body.len() - 1]),
        ("gzip", b"[1]"),
    ] {
        let error = failure_of(asking(), encoded(encoding, body)).await;
        assert_eq!(error.kind(), TransportErrorKind::Protocol, "{encoding}");
        assert_eq!(error.status().unwrap(), 200);
    }
}

/// An endless answer, a thousand times as large as it looks.
fn bomb() -> Vec<ServerStep> {
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    vec![
        ServerStep::Read,
        ServerStep::Send(head.into()),
        flood(ServerStep::Send(gzip(&vec![0; 1024 * 1024]))),
    ]
}

const LIMIT: u64 = 16 * 1024 * 1024;

// T22
#[tokio::test]
async fn a_bomb_ends_at_the_limit_of_a_body() {
    let error = failure_of(asking().body_limit(LIMIT), bomb()).await;
    let expected = TransportErrorKind::TooLarge {
        what: TooLarge::Decoded,
        limit: LIMIT,
    };
    assert_eq!(error.kind(), expected);
}

/// Set for the part of the test below that runs in a process of its own.
#[cfg(target_os = "linux")]
const MEASURED: &str = "GATELET_TEST_MEMORY";

// T22
#[cfg(target_os = "linux")]
#[test]
fn a_bomb_costs_no_more_memory_than_the_limit() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "gzip::a_process_that_measures_what_a_bomb_costs"])
        .env(MEASURED, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

/// The part of the test above that runs in a process of its own; by itself it has nothing to do.
// T22
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_measures_what_a_bomb_costs() {
    if std::env::var(MEASURED).is_err() {
        return;
    }
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kibibytes = line.unwrap().split_whitespace().nth(1).unwrap();
        kibibytes.parse::<u64>().unwrap() * 1024
    };
    // Whatever a first call makes for ever is made before.
    failure_of(asking().body_limit(1), bomb()).await;
    let before = peak();
    failure_of(asking().body_limit(LIMIT), bomb()).await;
    let cost = peak() - before;
    assert!(cost <= LIMIT + 2 * 1024 * 1024, "{cost}");
}
