//! A plain HTTP/1.1 server on loopback that performs a script, with threads and `std` alone.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use super::script::{Action, Script};

/// The server; dropping it stops it.
pub(super) struct Loopback {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    script: Arc<Script>,
    is_over: AtomicBool,
    /// Cloned handles of the open connections, to close them.
    streams: Mutex<Vec<TcpStream>>,
}

impl Loopback {
    pub(super) fn start(script: Arc<Script>) -> Self {
        let shared = Arc::new(Shared {
            script,
            is_over: AtomicBool::new(false),
            streams: Mutex::default(),
        });
        let (address, listener) =
            listen().unwrap_or_else(|error| panic!("cannot listen on loopback: {error}"));
        let acceptor = std::thread::spawn({
            let shared = shared.clone();
            move || shared.accept(&listener)
        });
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn listen() -> io::Result<(SocketAddr, TcpListener)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    Ok((listener.local_addr()?, listener))
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        // Unblocks the acceptor.
        let _last = TcpStream::connect(self.address);
        self.shared.hang_up();
        if let Some(acceptor) = self.acceptor.take() {
            let _ended = acceptor.join();
        }
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        let mut connections = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            if self.is_over.load(Ordering::Acquire) {
                break;
            }
            if let Ok(second) = stream.try_clone() {
                self.streams().push(second);
            }
            let script = self.script.clone();
            // The rule sees a broken connection from the other end.
            connections.push(std::thread::spawn(move || drop(serve(stream, &script))));
        }
        self.hang_up();
        for connection in connections {
            let _ended = connection.join();
        }
    }

    fn hang_up(&self) {
        for stream in self.streams().drain(..) {
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }

    fn streams(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handles the requests of one connection.
fn serve(mut stream: TcpStream, script: &Script) -> io::Result<()> {
    let mut unread = Vec::new();
    while let Some(request) = read(&mut stream, &mut unread)? {
        match script.next_action(request) {
            Action::Respond(response) => {
                stream.write_all(&head_with_length(&response))?;
                stream.write_all(response.body())?;
            }
            Action::RespondChunked(response) => write_chunked(&mut stream, &response)?,
            Action::CutBody(response) => {
                let half = response.body().len() / 2;
                stream.write_all(&head_with_length(&response))?;
                stream.write_all(&response.body().slice(..half))?;
                return stream.shutdown(Shutdown::Both);
            }
            Action::CutHead(response) => {
                let head = head_with_length(&response);
                let (sent, _cut) = head.split_at(head.len() / 2);
                stream.write_all(sent)?;
                return stream.shutdown(Shutdown::Both);
            }
            Action::Close | Action::RefuseConnection => return stream.shutdown(Shutdown::Both),
            Action::Hang => {
                // Returns when the client closes or resets the connection.
                let _end = stream.read(&mut [0]);
                script.mark_abandoned();
                return Ok(());
            }
        }
    }
    Ok(())
}

fn head_with_length(response: &Response<Bytes>) -> Vec<u8> {
    let length = match response.status() {
        StatusCode::NO_CONTENT => String::new(),
        _ => format!("content-length: {}\r\n", response.body().len()),
    };
    head(response, &length)
}

fn head(response: &Response<Bytes>, framing: &str) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} \r\n", response.status().as_u16()).into_bytes();
    for (name, value) in response.headers() {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    head.extend(framing.as_bytes());
    head.extend(b"\r\n");
    head
}

fn write_chunked(stream: &mut TcpStream, response: &Response<Bytes>) -> io::Result<()> {
    stream.write_all(&head(response, "transfer-encoding: chunked\r\n"))?;
    for chunk in response.body().chunks(512) {
        stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes())?;
        stream.write_all(chunk)?;
        stream.write_all(b"\r\n")?;
    }
    stream.write_all(b"0\r\n\r\n")
}

/// Reads the next request, or returns `None` if the client closed the connection.
fn read(stream: &mut TcpStream, unread: &mut Vec<u8>) -> io::Result<Option<Request<Bytes>>> {
    let mut piece = [0; 4096];
    loop {
        if let Some((mut request, head_length)) = parse_head(unread) {
            let length = request.headers().get(CONTENT_LENGTH);
            let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
            let end = head_length + length.unwrap_or(0_usize);
            if unread.len() >= end {
                let rest = unread.split_off(end);
                let whole = Bytes::from(std::mem::replace(unread, rest));
                *request.body_mut() = whole.slice(head_length..);
                return Ok(Some(request));
            }
        }
        match stream.read(&mut piece)? {
            0 => return Ok(None),
            count => unread.extend(piece.iter().take(count)),
        }
    }
}

/// Parses the head of a request once it is complete, and returns its length. The URI keeps the form in which it was
/// sent.
fn parse_head(bytes: &[u8]) -> Option<(Request<Bytes>, usize)> {
    let length = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let mut lines = bytes.get(..length)?.split(|byte| *byte == b'\n');
    let mut words = lines.next()?.split(|byte| *byte == b' ');
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = http::Method::from_bytes(words.next()?).ok()?;
    *request.uri_mut() = http::Uri::try_from(words.next()?).ok()?;
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        request.headers_mut().append(
            HeaderName::from_bytes(name).ok()?,
            HeaderValue::from_bytes(value).ok()?,
        );
    }
    Some((request, length))
}
