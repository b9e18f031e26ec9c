//! The emulator on a loopback socket.

use std::net::SocketAddr;

use crate::support::{Caller, memory, seeded, team};
use gatelet_emulator::{Emulator, Serve, Server, serve, well_known};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn started(emulator: Emulator) -> Server {
    serve(emulator, SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap()
}

/// Sends these bytes and reads until the server closes: the answer's head and body.
async fn exchange(server: &Server, bytes: &[u8]) -> (String, String) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    // The server may close before it has read everything; what matters is its answer.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.to_owned(), body.to_owned())
}

fn request(line: &str, more: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: localhost:1234\r\nConnection: close\r\n{more}\r\n").into()
}

fn authorized(line: &str) -> Vec<u8> {
    request(
        line,
        &format!("Authorization: Api-Token {}\r\n", well_known::DT_TOKEN),
    )
}

#[tokio::test]
async fn a_socket_gets_what_a_transport_gets() {
    let emulator = seeded();
    let direct = Caller::developer(&emulator)
        .get("/api/v2/activeGateTokens")
        .expect(200);
    let server = started(emulator).await;
    let (head, body) = exchange(&server, &authorized("GET /api/v2/activeGateTokens")).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(body, direct.text());
    server.shutdown().await;
}

#[tokio::test]
async fn a_link_leads_to_the_host_that_was_asked() {
    let emulator = seeded();
    let bearer = Caller::admin(&emulator).authorization.unwrap();
    let server = started(emulator).await;
    let line = format!("GET {}?count=1", team("/gateways"));
    let request = request(&line, &format!("Authorization: {bearer}\r\n"));
    let (head, _) = exchange(&server, &request).await;
    assert!(
        head.contains("\r\nlink: <http://localhost:1234/v1/teams/"),
        "{head}"
    );
}

#[tokio::test]
async fn e1_an_address_beyond_loopback_is_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = serve(memory(), address.parse().unwrap()).await.unwrap_err();
        assert_eq!(
            refused.kind(),
            std::io::ErrorKind::PermissionDenied,
            "{address}"
        );
    }
    let all = "0.0.0.0:0".parse().unwrap();
    let server = Serve::new(memory())
        .address(all)
        .beyond_loopback(true)
        .start()
        .await
        .unwrap();
    assert_ne!(server.address().port(), 0);
    let server = Serve::new(memory()).start().await.unwrap();
    assert!(server.address().ip().is_loopback());
}

#[tokio::test]
async fn e3_no_origin_gets_a_permission() {
    let server = started(seeded()).await;
    let origin = "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n";
    let preflight = request("OPTIONS /api/v2/activeGateTokens", origin);
    let simple = request("GET /api/v2/activeGateTokens", origin);
    for (request, status) in [(preflight, "405"), (simple, "401")] {
        let (head, _) = exchange(&server, &request).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}");
        assert!(!head.to_lowercase().contains("access-control"), "{head}");
    }
}

#[tokio::test]
async fn e26_a_large_body_is_refused_announced_and_chunked() {
    let server = started(memory()).await;
    let line = "POST /api/v2/activeGateTokens";
    // Announced: refused before a byte of it is sent.
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

#[tokio::test]
async fn e4_a_large_head_is_refused() {
    let server = started(memory()).await;
    let large = format!("Authorization: Api-Token {}\r\n", "x".repeat(1 << 20));
    let (head, _) = exchange(&server, &request("GET /api/v2/activeGateTokens", &large)).await;
    assert!(
        head.is_empty() || head.starts_with("HTTP/1.1 431"),
        "{head}"
    );
    let (head, _) = exchange(&server, &authorized("GET /api/v2/activeGateTokens")).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_finish_is_closed() {
    let server = started(memory()).await;
    for begun in [
        b"GET /api/v2/activeGate".to_vec(),
        request("POST /api/v2/activeGateTokens", "Content-Length: 10\r\n"),
    ] {
        let before = tokio::time::Instant::now();
        exchange(&server, &begun).await;
        assert!(before.elapsed().as_secs() <= 10);
    }
}

#[tokio::test]
async fn a_shutdown_answers_what_has_begun_and_takes_no_more() {
    let server = started(seeded()).await;
    let address = server.address();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = authorized("POST /api/v2/activeGateTokens");
    let body = br#"{"name":"x","activeGateType":"CLUSTER"}"#;
    let length = format!("Content-Length: {}\r\n\r\n", body.len());
    let head = [&request[..request.len() - 2], length.as_bytes(), &body[..5]].concat();
    stream.write_all(&head).await.unwrap();
    // Another connection's answer shows that the server has had the time to read the first one's head.
    exchange(&server, &authorized("GET /api/v2/activeGateTokens")).await;

    let shutdown = tokio::spawn(server.shutdown());
    stream.write_all(&body[5..]).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    shutdown.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
