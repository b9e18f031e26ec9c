//! A server that cuts its first exchange at a given byte and completes all others. It has a listener of its own because it
//! counts the bytes of both directions and chooses how a connection ends.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::{Buf, Bytes, BytesMut};
use http::{Method, Request, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// The number of bytes after which an exchange is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at both")]
pub enum Point {
    /// Of the request, as the server reads it.
    Request(usize),
    /// Of the response, as the server writes it.
    Response(usize),
}

/// How the server cuts an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at all")]
pub enum CutKind {
    /// Closes its side of the connection: FIN.
    Close,
    /// Resets the connection: RST.
    Reset,
    /// Keeps the connection open without a byte until the test ends.
    Stall,
}

impl CutKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Close, Self::Reset, Self::Stall];
}

/// How the server frames the body of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at both")]
pub enum Framing {
    /// By its length.
    Length,
    /// In chunks.
    Chunked,
}

/// The cut of the first exchange; later ones are complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "it is three facts and no more")]
pub struct Cut {
    /// The point.
    pub point: Point,
    /// The kind.
    pub kind: CutKind,
    /// The framing of its response.
    pub framing: Framing,
}

/// The server's record of one exchange.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Served {
    /// The number of bytes of the request that the client wrote; `None` if a reset prevented counting them.
    pub written: Option<usize>,
    /// The request and its response, if the server read the whole request and handled it.
    pub handled: Option<(Request<Bytes>, Response<Bytes>)>,
    /// The number of bytes of the request that the server read.
    pub read: usize,
    /// The number of bytes of the response that the server sent.
    pub sent: usize,
    /// The number of bytes of the whole response.
    pub whole: usize,
    /// The number of bytes of the status line, its line end included.
    pub status_line: usize,
}

/// The server's log of a call.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ServerLog {
    /// The server's origin, such as `http://127.0.0.1:1234`.
    pub origin: String,
    /// The exchanges, in the order in which they began.
    pub exchanges: Vec<Served>,
}

type Handler = dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync;

/// A server on loopback for one call, or for many without a cut.
pub struct Server {
    address: SocketAddr,
    shutdown: watch::Sender<bool>,
    task: JoinHandle<()>,
    state: Arc<ServerState>,
}

struct ServerState {
    handler: Box<Handler>,
    cut: Mutex<Option<Cut>>,
    exchanges: Mutex<Vec<Served>>,
    shutdown: watch::Receiver<bool>,
}

impl Server {
    /// Starts the server.
    pub async fn start(
        handler: impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
        cut: Option<Cut>,
    ) -> Self {
        let listener = TcpListener::bind((own_loopback(), 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, is_shut_down) = watch::channel(false);
        let state = Arc::new(ServerState {
            handler: Box::new(handler),
            cut: Mutex::new(cut),
            exchanges: Mutex::default(),
            shutdown: is_shut_down,
        });
        Self {
            address,
            shutdown,
            task: tokio::spawn(state.clone().accept(listener)),
            state,
        }
    }

    /// Returns its origin, such as `http://127.0.0.1:1234`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes all connections and returns the log.
    pub async fn finish(self) -> ServerLog {
        self.shutdown.send_replace(true);
        self.task.await.unwrap();
        let exchanges = std::mem::take(&mut *self.state.exchanges.lock().unwrap());
        ServerLog {
            origin: format!("http://{}", self.address),
            exchanges,
        }
    }
}

/// Returns a loopback address that only this process uses. On a shared one, the client of another process might retry a port that
/// was closed just before, reach this server, and have its request cut.
fn own_loopback() -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, high | 0x80, middle, low)
}

impl ServerState {
    async fn accept(self: Arc<Self>, listener: TcpListener) {
        let mut shutdown = self.shutdown.clone();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                _ = shutdown.wait_for(|shutdown| *shutdown) => break,
                accepted = listener.accept() => {
                    let (stream, _) = accepted.unwrap();
                    stream.set_nodelay(true).unwrap();
                    connections.spawn(Connection { state: self.clone(), stream, buffer: BytesMut::new() }.serve());
                }
                Some(ended) = connections.join_next() => ended.unwrap(),
            }
        }
        while let Some(ended) = connections.join_next().await {
            ended.unwrap();
        }
    }
}

/// A connection that serves one exchange after another until one is cut.
struct Connection {
    state: Arc<ServerState>,
    stream: TcpStream,
    buffer: BytesMut,
}

impl Connection {
    async fn serve(mut self) {
        let mut shutdown = self.state.shutdown.clone();
        loop {
            // The cut is taken at once: a request may be cut before its first byte.
            let cut = self.state.cut.lock().unwrap().take();
            let index = cut.map(|_| self.open_record());
            if let Some(Cut {
                point: Point::Request(bytes),
                kind,
                ..
            }) = cut
            {
                let index = index.unwrap();
                while self.buffer.len() < bytes {
                    let mut rest = (&mut self.stream).take((bytes - self.buffer.len()) as u64);
                    if rest.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                let read = self.buffer.len();
                self.update_record(index, |exchange| exchange.read = read);
                return self.end_connection(index, kind).await;
            }
            let request = tokio::select! {
                _ = shutdown.wait_for(|shutdown| *shutdown) => return,
                request = self.read_request() => request,
            };
            let Some((request, read)) = request else {
                return;
            };
            let index = index.unwrap_or_else(|| self.open_record());
            let response = (self.state.handler)(request.clone());
            let framing = cut.map_or(Framing::Length, |cut| cut.framing);
            let bytes = serialize(&response, framing);
            let sent = match cut {
                Some(Cut {
                    point: Point::Response(limit),
                    ..
                }) => limit.min(bytes.len()),
                _ => bytes.len(),
            };
            self.update_record(index, |exchange| {
                exchange.read = read;
                exchange.written = Some(read);
                exchange.handled = Some((request, response));
                exchange.sent = sent;
                exchange.whole = bytes.len();
                exchange.status_line = bytes.windows(2).position(|end| end == b"\r\n").unwrap() + 2;
            });
            // The client may have closed the connection already.
            let _ = self.stream.write_all(&bytes[..sent]).await;
            if let Some(cut) = cut {
                return self.end_connection(index, cut.kind).await;
            }
        }
    }

    /// Adds a record of an exchange and returns its index.
    fn open_record(&self) -> usize {
        let exchanges = &mut self.state.exchanges.lock().unwrap();
        exchanges.push(Served::default());
        exchanges.len() - 1
    }

    fn update_record(&self, index: usize, update: impl FnOnce(&mut Served)) {
        update(&mut self.state.exchanges.lock().unwrap()[index]);
    }

    /// Reads a whole request and counts its bytes; `None` if the client closes the connection.
    async fn read_request(&mut self) -> Option<(Request<Bytes>, usize)> {
        loop {
            if let Some(whole) = parse(&mut self.buffer) {
                return Some(whole);
            }
            if self.stream.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// Ends the connection as planned, and counts the bytes that the client wrote beyond those that were read.
    async fn end_connection(mut self, index: usize, kind: CutKind) {
        match kind {
            CutKind::Reset => return self.stream.set_zero_linger().unwrap(),
            CutKind::Close => drop(self.stream.shutdown().await),
            CutKind::Stall => {}
        }
        let mut shutdown = self.state.shutdown.clone();
        let _ = shutdown.wait_for(|shutdown| *shutdown).await;
        let mut rest = Vec::new();
        // By now the client has closed the connection. Its bytes can still be read, unless it was reset.
        if self.stream.read_to_end(&mut rest).await.is_ok() {
            self.update_record(index, |exchange| {
                exchange.written = Some(exchange.read + rest.len());
            });
        }
    }
}

/// Takes one whole request out of the buffer and counts its bytes; `None` if it is incomplete.
fn parse(buffer: &mut BytesMut) -> Option<(Request<Bytes>, usize)> {
    let head = buffer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).unwrap();
    let mut lines = text.trim_end().lines();
    let mut first = lines.next().unwrap().split(' ');
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::from_bytes(first.next().unwrap().as_bytes()).unwrap();
    *request.uri_mut() = first.next().unwrap().parse().unwrap();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        let name = http::HeaderName::try_from(name).unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let length = request.headers().get("content-length");
    let length: usize = length.map_or(0, |length| length.to_str().unwrap().parse().unwrap());
    if buffer.len() < head + length {
        return None;
    }
    buffer.advance(head);
    *request.body_mut() = buffer.split_to(length).freeze();
    Some((request, head + length))
}

/// Returns the bytes of a response.
fn serialize(response: &Response<Bytes>, framing: Framing) -> Vec<u8> {
    let status = response.status();
    let mut head = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in response.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    // The time of the emulator's manual clock, by which bearers expire.
    head.push_str("date: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
    let body = response.body();
    let mut bytes = head.into_bytes();
    if status == StatusCode::NO_CONTENT {
        bytes.extend(b"\r\n");
        return bytes;
    }
    match framing {
        Framing::Length => {
            bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
            bytes.extend(body);
        }
        Framing::Chunked => {
            bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
            for chunk in body.chunks(body.len().div_ceil(3).max(1)) {
                bytes.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend(chunk);
                bytes.extend(b"\r\n");
            }
            bytes.extend(b"0\r\n\r\n");
        }
    }
    bytes
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
