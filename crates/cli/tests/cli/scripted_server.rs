//! A server that answers with whatever bytes a test wants.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// What the server does with a request.
pub(crate) enum ScriptedResponse {
    /// Writes these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Never answers.
    Silence,
}

/// A server on a socket; its threads end with the test's process.
pub(crate) struct ScriptedServer {
    pub(crate) url: String,
    /// Each request as soon as it is complete: head and body.
    pub(crate) requests: Receiver<String>,
}

impl ScriptedServer {
    pub(crate) fn new(answer: impl Fn(&str) -> ScriptedResponse + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::channel();
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, sender) = (Arc::clone(&answer), sender.clone());
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(request) = read(&mut stream) else {
                        return;
                    };
                    let reply = answer(&request);
                    let _ = sender.send(request);
                    match reply {
                        ScriptedResponse::Bytes(bytes) => {
                            let _ = stream.write_all(&bytes);
                        }
                        // Until the other side has had enough.
                        ScriptedResponse::Silence => {
                            let _ = stream.read(&mut [0]);
                        }
                    }
                });
            }
        });
        Self { url, requests }
    }

    /// Always the same answer.
    pub(crate) fn always(
        status: &'static str,
        content_type: &'static str,
        body: &'static str,
    ) -> Self {
        Self::new(move |_| ScriptedResponse::Bytes(response(status, content_type, body)))
    }
}

/// A team whose keys are all good; `answer` says what its other paths do.
pub(crate) fn team(
    answer: impl Fn(&str) -> ScriptedResponse + Send + Sync + 'static,
) -> ScriptedServer {
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    ScriptedServer::new(move |request| match request.contains("/service_token ") {
        true => ScriptedResponse::Bytes(response("200 OK", "application/json", bearer)),
        false => answer(request),
    })
}

/// A whole response.
pub(crate) fn response(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Reads one request, `None` if the connection ends before.
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
