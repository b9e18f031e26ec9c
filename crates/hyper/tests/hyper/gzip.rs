//! Gzip responses.

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
    let response = ServerStep::Send([head.as_bytes(), body].concat());
    vec![ServerStep::Read, response, ServerStep::ClientCloses]
}

#[tokio::test]
async fn gzip_is_requested_and_decoded_transparently() {
    let mut script = encoded("gzip", &gzip(b"[1]"));
    script.truncate(2);
    script.extend([ServerStep::Read, ok("[2]"), ServerStep::KeepOpen]);
    let server = TestServer::plays([script]);
    let transport = asking().build();
    for body in ["[1]", "[2]"] {
        let response = transport.send(server.get()).await.unwrap();
        assert_eq!(response.body(), body);
        assert!(!response.headers().contains_key("content-encoding"));
        assert!(
            response
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
async fn no_encoding_is_requested_by_default() {
    let server = TestServer::plays([vec![ServerStep::Read, ok("1"), ServerStep::KeepOpen]]);
    HyperTransport::new().send(server.get()).await.unwrap();
    assert!(!server.finish().await[0].contains("accept-encoding"));
}

#[tokio::test]
async fn a_caller_that_sets_accept_encoding_gets_the_body_undecoded() {
    let server = TestServer::plays([encoded("br", b"??")[..2].to_vec()]);
    let mut request = server.get();
    let encoding = http::HeaderValue::from_static("br");
    request.headers_mut().insert("accept-encoding", encoding);
    let response = asking().build().send(request).await.unwrap();
    assert_eq!(response.body(), "??");
    assert_eq!(response.headers()["content-encoding"], "br");
    server.finish().await;
}

// T22
#[tokio::test]
async fn an_encoding_other_than_the_requested_one_is_a_protocol_error() {
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

/// Sends an endless response, whose decoded size is a thousand times its length.
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
async fn a_gzip_bomb_ends_at_the_body_limit() {
    let error = failure_of(asking().body_limit(LIMIT), bomb()).await;
    let expected = TransportErrorKind::TooLarge {
        what: TooLarge::Decoded,
        limit: LIMIT,
    };
    assert_eq!(error.kind(), expected);
}

/// Set in the process that runs the second part of the test below.
#[cfg(target_os = "linux")]
const MEASURED: &str = "GATELET_TEST_MEMORY";

// T22
#[cfg(target_os = "linux")]
#[test]
fn a_gzip_bomb_costs_no_more_memory_than_the_limit() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "gzip::a_process_that_measures_the_memory_of_a_gzip_bomb",
        ])
        .env(MEASURED, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

/// Runs in a process started by the test above; alone it does nothing.
// T22
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_measures_the_memory_of_a_gzip_bomb() {
    if std::env::var(MEASURED).is_err() {
        return;
    }
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kibibytes = line.unwrap().split_whitespace().nth(1).unwrap();
        kibibytes.parse::<u64>().unwrap() * 1024
    };
    // Excludes what the first call allocates permanently.
    failure_of(asking().body_limit(1), bomb()).await;
    let before = peak();
    failure_of(asking().body_limit(LIMIT), bomb()).await;
    let cost = peak() - before;
    assert!(cost <= LIMIT + 2 * 1024 * 1024, "{cost}");
}
