//! Raw HTTP to a served emulator.

use std::net::SocketAddr;

use gatelet_emulator::{Emulator, Server, serve, well_known};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) async fn start_server(emulator: Emulator) -> Server {
    serve(emulator, SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap()
}

/// Sends these bytes and reads until the server closes; returns the response's head and body.
pub(crate) async fn exchange(server: &Server, bytes: &[u8]) -> (String, String) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    // The server may close before it has read everything; only its response matters.
    let _ = stream.write_all(bytes).await;
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    let response = String::from_utf8(response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
    (head.to_owned(), body.to_owned())
}

pub(crate) fn request(line: &str, more: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: localhost:1234\r\nConnection: close\r\n{more}\r\n").into()
}

/// Returns a request with the Dynatrace token that has all scopes.
pub(crate) fn authorized(line: &str) -> Vec<u8> {
    request(
        line,
        &format!("Authorization: Api-Token {}\r\n", well_known::DT_TOKEN),
    )
}
