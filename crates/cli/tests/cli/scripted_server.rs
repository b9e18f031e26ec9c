//! A server that responds with the bytes of a test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// How the server responds to a request.
pub(crate) enum ScriptedResponse {
    /// Writes these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Never responds.
    Silence,
}

/// A server on a socket. Its threads end with the test process.
pub(crate) struct ScriptedServer {
    pub(crate) url: String,
    /// Each complete request: head and body.
    pub(crate) requests: Receiver<String>,
}

impl ScriptedServer {
    pub(crate) fn new(respond: impl Fn(&str) -> ScriptedResponse + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::channel();
        let respond = Arc::new(respond);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (respond, sender) = (Arc::clone(&respond), sender.clone());
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(request) = read(&mut stream) else {
                        return;
                    };
                    let response = respond(&request);
                    let _ = sender.send(request);
                    match response {
                        ScriptedResponse::Bytes(bytes) => {
                            let _ = stream.write_all(&bytes);
                        }
                        // Until the client closes the connection.
                        ScriptedResponse::Silence => {
                            let _ = stream.read(&mut [0]);
                        }
                    }
                });
            }
        });
        Self { url, requests }
    }

    /// Starts a server that always sends the same response.
    pub(crate) fn always(
        status: &'static str,
        content_type: &'static str,
        body: &'static str,
    ) -> Self {
        Self::new(move |_| ScriptedResponse::Bytes(response(status, content_type, body)))
    }
}

/// Starts an ASA server that accepts every key; `respond` handles its other paths.
pub(crate) fn team(
    respond: impl Fn(&str) -> ScriptedResponse + Send + Sync + 'static,
) -> ScriptedServer {
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    ScriptedServer::new(move |request| match request.contains("/service_token ") {
        true => ScriptedResponse::Bytes(response("200 OK", "application/json", bearer)),
        false => respond(request),
    })
}

/// Returns a complete response.
pub(crate) fn response(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Reads one request; `None` if the connection is closed first.
fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().unwrap());
            if body.len() >= length {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
