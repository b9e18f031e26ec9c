//! A server that follows a script on raw sockets, byte for byte. Scripts without raw bytes run over every protocol.
//!
//! It has a listener of its own because it outlives the runtimes of its test and speaks HTTP/2 too.

#![allow(clippy::disallowed_methods)] // It runs on real sockets, so its timeouts are real too.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_transport::TransportError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::frames;
use super::script::{Gate, ServerStep};
#[cfg(feature = "_tls")]
use super::stream::tls;
use super::stream::{ServerProtocol, Stream, protocols};

/// A script that takes longer is stuck.
const TEST_TIMEOUT: Duration = Duration::from_secs(20);

/// A secret that no error may contain.
pub(crate) const CANARY: &str = "c4n4ry";

/// The server. Its scripts are for the connections in the order in which they are accepted.
pub(crate) struct TestServer {
    address: SocketAddr,
    protocol: ServerProtocol,
    over: Arc<Notify>,
    requests: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl TestServer {
    pub(crate) fn plays<const N: usize>(scripts: [Vec<ServerStep>; N]) -> Self {
        Self::behind(ServerProtocol::Plain, scripts.to_vec())
    }

    /// Starts the server once for each protocol that the scripts fit: HTTP/1.1 in the clear, over TLS, and HTTP/2.
    pub(crate) fn each<const N: usize>(
        scripts: [Vec<ServerStep>; N],
    ) -> impl Iterator<Item = Self> {
        Self::each_of(&scripts)
    }

    /// Does the same for a number of connections that is known only at run time.
    pub(crate) fn each_of(scripts: &[Vec<ServerStep>]) -> impl Iterator<Item = Self> + use<> {
        let scripts = scripts.to_vec();
        let fits = |protocol: &ServerProtocol| {
            let mut steps = scripts.iter().flatten();
            steps.all(|step| step.fits(protocol.is_http2()))
        };
        let protocols: Vec<_> = protocols().into_iter().filter(fits).collect();
        protocols
            .into_iter()
            .map(move |protocol| Self::behind(protocol, scripts.clone()))
    }

    fn behind(protocol: ServerProtocol, scripts: Vec<Vec<ServerStep>>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(Notify::new());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let acceptor = Acceptor {
            protocol: protocol.clone(),
            over: over.clone(),
            requests: requests.clone(),
        };
        // Runs in a thread, so that the server outlives every runtime of the test.
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(acceptor.run(listener, scripts));
        });
        Self {
            address,
            protocol,
            over,
            requests,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.protocol.scheme(), self.address)
    }

    /// Returns a client that trusts this server.
    pub(crate) fn client(&self, builder: HyperTransportBuilder) -> HyperTransport {
        match self.protocol {
            ServerProtocol::Plain => builder.build(),
            #[cfg(feature = "_tls")]
            ServerProtocol::Tls(_) | ServerProtocol::Http2(_) => {
                let root = tls::AUTHORITY.der().to_vec();
                let builder = builder.only_these_roots().add_root_certificate_der(root);
                builder.unwrap().build()
            }
        }
    }

    pub(crate) fn get(&self) -> http::Request<Bytes> {
        self.request(http::Method::GET, "")
    }

    pub(crate) fn post(&self) -> http::Request<Bytes> {
        self.request(http::Method::POST, "{\"a\":1}")
    }

    pub(crate) fn request(&self, method: http::Method, body: &'static str) -> http::Request<Bytes> {
        http::Request::builder()
            .method(method)
            .uri(self.url(&format!("/v1/things?secret={CANARY}")))
            .header("authorization", format!("Bearer {CANARY}"))
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap()
    }

    /// Waits until all scripts are complete, and returns the requests in the order of arrival. The runtime of the client keeps
    /// running.
    pub(crate) async fn finish(self) -> Vec<String> {
        let end = tokio::task::spawn_blocking(move || self.finish_without_runtime()).await;
        end.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Does the same for a test without a runtime, or one that keeps its runtime stopped.
    pub(crate) fn finish_without_runtime(mut self) -> Vec<String> {
        self.over.notify_one();
        if let Err(panic) = self.thread.take().unwrap().join() {
            std::panic::resume_unwind(panic);
        }
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if self.thread.is_some() && !std::thread::panicking() {
            panic!("the test never asked whether its script was played: call finish()");
        }
    }
}

struct Acceptor {
    protocol: ServerProtocol,
    over: Arc<Notify>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Acceptor {
    async fn run(self, listener: std::net::TcpListener, scripts: Vec<Vec<ServerStep>>) {
        let listener = TcpListener::from_std(listener).unwrap();
        let test_over = Gate::new();
        let mut connections = tokio::task::JoinSet::new();
        for (number, script) in scripts.into_iter().enumerate() {
            let accepted = tokio::select! {
                biased;
                accepted = listener.accept() => accepted.unwrap(),
                () = self.over.notified() => panic!("connection {number} never came"),
                () = tokio::time::sleep(TEST_TIMEOUT) => panic!("connection {number} never came"),
            };
            let (protocol, requests, test_over) = (
                self.protocol.clone(),
                self.requests.clone(),
                test_over.clone(),
            );
            connections.spawn(async move {
                let connection = ScriptedConnection {
                    stream: Some(protocol.open(accepted.0).await),
                    is_http2: protocol.is_http2(),
                    stream_number: 0,
                    requests,
                    test_over,
                };
                connection.play(number, script).await;
            });
        }
        tokio::time::timeout(TEST_TIMEOUT, self.over.notified())
            .await
            .expect("the test never ended");
        let uninvited = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
        assert!(uninvited.is_err(), "a connection more than the script has");
        for _ in 0..connections.len() {
            test_over.open();
        }
        while let Some(end) = connections.join_next().await {
            if let Err(error) = end {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

struct ScriptedConnection {
    stream: Option<Box<dyn Stream>>,
    is_http2: bool,
    /// The stream of the last request; HTTP/2 only.
    stream_number: u32,
    requests: Arc<Mutex<Vec<String>>>,
    test_over: Gate,
}

impl ScriptedConnection {
    async fn play(mut self, number: usize, script: Vec<ServerStep>) {
        if self.is_http2 {
            self.greet().await;
        }
        for (index, step) in script.into_iter().enumerate() {
            let place = format!("connection {number}, step {index}");
            if tokio::time::timeout(TEST_TIMEOUT, self.perform(step, &place))
                .await
                .is_err()
            {
                panic!("{place} is stuck");
            }
        }
        self.close().await;
    }

    /// Closes the connection in order.
    async fn close(&mut self) {
        if let Some(mut stream) = self.stream.take() {
            let _ = stream.shutdown().await;
        }
    }

    async fn perform(&mut self, step: ServerStep, place: &str) {
        if let Some(bytes) = step.bytes(self.is_http2, self.stream_number) {
            self.send(&bytes).await;
            return;
        }
        match step {
            ServerStep::Read => {
                let request = self.read(place).await;
                self.requests.lock().unwrap().push(request);
            }
            ServerStep::ReadSome => self.read_some(place).await,
            #[cfg(feature = "_tls")]
            ServerStep::ReadReset => {
                let mut frame = self.next_frame().await;
                while !matches!(frame, Some((frames::RST_STREAM, _, stream)) if stream == self.stream_number)
                {
                    assert!(frame.is_some(), "{place}: the client hung up instead");
                    frame = self.next_frame().await;
                }
            }
            ServerStep::Trickle(bytes, pause) => {
                for (index, byte) in bytes.iter().enumerate() {
                    tokio::time::sleep(pause).await;
                    let part = ServerStep::Body(vec![*byte], index + 1 == bytes.len());
                    let part = part.bytes(self.is_http2, self.stream_number);
                    if !self.send(&part.unwrap()).await {
                        return;
                    }
                }
            }
            ServerStep::Flood(step) => {
                let bytes = step.bytes(self.is_http2, self.stream_number).unwrap();
                while self.send(&bytes).await {}
            }
            ServerStep::Wait(gate) => gate.pass().await,
            ServerStep::OpenGate(gate) => gate.open(),
            ServerStep::ClientCloses => {
                let asks_more = self.next_request().await;
                assert!(
                    !asks_more,
                    "{place}: the client used a connection that was finished"
                );
            }
            ServerStep::KeepOpen => self.test_over.pass().await,
            ServerStep::Close => self.close().await,
            ServerStep::CloseAbruptly => self.stream = None,
            ServerStep::Reset => self.stream.take().unwrap().reset(),
            _ => unreachable!("it sends bytes"),
        }
    }

    fn stream(&mut self) -> &mut dyn Stream {
        self.stream.as_deref_mut().expect("the script closed it")
    }

    /// Returns false if the client closed the connection.
    async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream().write_all(bytes).await.is_ok() && self.stream().flush().await.is_ok()
    }

    async fn read(&mut self, place: &str) -> String {
        if self.is_http2 {
            while !self.read_frame(place).await {}
            return format!("stream {}", self.stream_number);
        }
        let mut request = Vec::new();
        while !is_whole(&request) {
            let read = self.stream().read_buf(&mut request).await.unwrap_or(0);
            assert_ne!(
                read, 0,
                "{place}: the client hung up before its request was whole"
            );
        }
        String::from_utf8(request).unwrap()
    }

    async fn read_some(&mut self, place: &str) {
        if self.is_http2 {
            while self.stream_number == 0 {
                self.read_frame(place).await;
            }
            return;
        }
        let read = self.stream().read(&mut [0; 1]).await.unwrap_or(0);
        assert_ne!(read, 0, "{place}: the client sent nothing");
    }

    /// Waits for another request. Returns false if the client closes the connection first.
    async fn next_request(&mut self) -> bool {
        if self.is_http2 {
            let last = self.stream_number;
            while let Some((kind, _, stream)) = self.next_frame().await {
                if kind == frames::HEADERS && stream > last {
                    return true;
                }
            }
            return false;
        }
        self.stream().read(&mut [0; 1]).await.unwrap_or(0) > 0
    }
}

impl ScriptedConnection {
    /// Exchanges the HTTP/2 prefaces.
    async fn greet(&mut self) {
        let settings = frames::frame(frames::SETTINGS, 0, 0, &[]);
        self.send(&settings).await;
        // If the client is gone already, the first step fails.
        let _ = self.stream().read_exact(&mut [0; frames::PREFACE]).await;
    }

    /// Reads a frame. Returns whether it ends a request.
    async fn read_frame(&mut self, place: &str) -> bool {
        let frame = self.next_frame().await;
        let (kind, flags, stream) = frame.unwrap_or_else(|| {
            panic!("{place}: the client hung up before its request was whole");
        });
        if kind == frames::HEADERS {
            self.stream_number = stream;
        }
        matches!(kind, frames::HEADERS | frames::DATA) && flags & frames::END_STREAM != 0
    }

    /// Returns kind, flags and stream of the next frame, unless the client closed the connection.
    async fn next_frame(&mut self) -> Option<(u8, u8, u32)> {
        let mut head = [0; 9];
        self.stream().read_exact(&mut head).await.ok()?;
        let [high, middle, low, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, high, middle, low]) as usize];
        self.stream().read_exact(&mut payload).await.ok()?;
        Some((kind, flags, u32::from_be_bytes(stream)))
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    body.len() >= length
}

/// Returns all texts of an error: `Display`, `Debug` and its causes. Checks that they contain no secret.
pub(crate) fn error_text(error: &TransportError) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" {error}"));
        cause = error.source();
    }
    assert!(!text.contains(CANARY), "a secret in {text}");
    text
}
