//! The emulator on a loopback socket.

use gatelet_emulator::{Serve, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::socket::{authorized, exchange, request, start_server};
use crate::support::{Caller, memory, seeded, team};

#[tokio::test]
async fn a_socket_and_a_transport_get_the_same_response() {
    let emulator = seeded();
    let direct = Caller::developer(&emulator)
        .get("/api/v2/activeGateTokens")
        .expect(200);
    let server = start_server(emulator).await;
    let (head, body) = exchange(&server, &authorized("GET /api/v2/activeGateTokens")).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(body, direct.text());
    server.shutdown().await;
}

#[tokio::test]
async fn a_link_has_the_host_of_the_request() {
    let emulator = seeded();
    let bearer = Caller::admin(&emulator).authorization.unwrap();
    let server = start_server(emulator).await;
    let line = format!("GET {}?count=1", team("/gateways"));
    let request = request(&line, &format!("Authorization: {bearer}\r\n"));
    let (head, _) = exchange(&server, &request).await;
    assert!(
        head.contains("\r\nlink: <http://localhost:1234/v1/teams/"),
        "{head}"
    );
}

// E1
#[tokio::test]
async fn an_address_beyond_loopback_is_refused() {
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

// E3
#[tokio::test]
async fn no_origin_is_allowed_by_cors() {
    let server = start_server(seeded()).await;
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
async fn a_shutdown_answers_started_requests_and_accepts_no_more() {
    let server = start_server(seeded()).await;
    let address = server.address();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = authorized("POST /api/v2/activeGateTokens");
    let body = br#"{"name":"x","activeGateType":"CLUSTER"}"#;
    let length = format!("Content-Length: {}\r\n\r\n", body.len());
    let head = [&request[..request.len() - 2], length.as_bytes(), &body[..5]].concat();
    stream.write_all(&head).await.unwrap();
    // A response on another connection proves that the server has read the first one's head.
    exchange(&server, &authorized("GET /api/v2/activeGateTokens")).await;

    let shutdown = tokio::spawn(server.shutdown());
    stream.write_all(&body[5..]).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 201"), "{response}");
    shutdown.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
