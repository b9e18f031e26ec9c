//! A server that responds with bytes that a test chooses.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

/// How the server responds to a request.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_enums, reason = "tests create all of them")]
pub enum RawResponse {
    /// Writes these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Writes these bytes and reads the next request.
    KeepAlive(Vec<u8>),
    /// Sends nothing and keeps the connection open until the client closes it.
    Silence,
}

/// A server on loopback, in threads that end with the test's process.
#[derive(Debug)]
#[non_exhaustive]
pub struct RawServer {
    /// The address at which it listens.
    pub address: SocketAddr,
    /// The base URL: `http://127.0.0.1:1234`.
    pub url: String,
    /// Receives each request, head and body, as soon as it is complete.
    pub requests: Receiver<String>,
}

impl RawServer {
    /// Starts a server that responds as this function says.
    pub fn new(respond: impl Fn(&str) -> RawResponse + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::channel();
        let respond = Arc::new(respond);
        thread::spawn(move || {
            for stream in listener.incoming() {
                // The process has no descriptors left, or is about to end.
                let Ok(stream) = stream else { return };
                let (respond, sender) = (Arc::clone(&respond), sender.clone());
                thread::spawn(move || serve(stream, &*respond, &sender));
            }
        });
        Self {
            address,
            url: format!("http://{address}"),
            requests,
        }
    }

    /// Starts a server that always sends the same response.
    #[must_use]
    pub fn always(status: &'static str, content_type: &'static str, body: &'static str) -> Self {
        Self::new(move |_| RawResponse::Bytes(response(status, content_type, body)))
    }
}

/// Returns a complete response with `connection: close`.
#[must_use]
pub fn response(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn serve(mut stream: TcpStream, respond: &dyn Fn(&str) -> RawResponse, requests: &Sender<String>) {
    let mut bytes = Vec::new();
    while let Some(request) = read(&mut stream, &mut bytes) {
        let response = respond(&request);
        // Some tests drop the receiver.
        let _ = requests.send(request);
        let written = match response {
            RawResponse::KeepAlive(bytes) => stream.write_all(&bytes),
            RawResponse::Bytes(bytes) => {
                // The client may have closed the connection.
                let _ = stream.write_all(&bytes);
                return;
            }
            RawResponse::Silence => {
                let _ = stream.read(&mut [0]);
                return;
            }
        };
        if written.is_err() {
            return;
        }
    }
}

/// Reads one request; `None` if the connection ends before it is complete. The buffer is empty before and after.
fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<String> {
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().unwrap());
            if body.len() >= length {
                let request = text.into_owned();
                bytes.clear();
                return Some(request);
            }
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
