//! A server that plays a script on raw sockets, byte for byte.

#![allow(clippy::disallowed_methods)] // It runs on real sockets, so its patience is real too.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use gatelet_transport::{HyperTransport, HyperTransportBuilder, TransportError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

#[cfg(feature = "_tls")]
use super::stream::tls;
use super::stream::{Door, Stream, doors};

/// No script takes this long; one that does is stuck.
const PATIENCE: Duration = Duration::from_secs(20);

/// What must never be seen in an error.
pub(crate) const CANARY: &str = "c4n4ry";

/// One thing the server does on a connection.
#[derive(Clone)]
pub(crate) enum Step {
    /// Reads one whole request and keeps it.
    Read,
    /// Reads the beginning of a request and no more.
    ReadSome,
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends bytes one by one, with a pause before each.
    Trickle(Vec<u8>, Duration),
    /// Sends the same bytes over and over until the client hangs up.
    Flood(Vec<u8>),
    /// Waits until the test opens the gate.
    Wait(Gate),
    /// Opens the gate for the test.
    Open(Gate),
    /// Waits until the client has closed the connection, which must send nothing more.
    ClientCloses,
    /// Keeps the connection open until the test is over.
    Stay,
    /// Closes the connection in peace, as the end of a script does.
    Close,
    /// Closes the connection without the farewell that TLS has.
    #[cfg(feature = "_tls")]
    Vanish,
    /// Cuts the connection with a reset.
    Reset,
}

/// A point that the test and the server reach together.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Semaphore>);

impl Gate {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    pub(crate) fn open(&self) {
        self.0.add_permits(1);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.0.available_permits() > 0
    }

    pub(crate) async fn pass(&self) {
        self.0.acquire().await.unwrap().forget();
    }
}

pub(crate) fn send(text: &str) -> Step {
    Step::Send(text.as_bytes().to_vec())
}

/// A complete answer of 200 that keeps the connection open.
pub(crate) fn ok(body: &str) -> Step {
    send(&format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// The server: connection by connection in the order of the scripts, each on its own.
pub(crate) struct Wire {
    address: SocketAddr,
    door: Door,
    over: Arc<Notify>,
    requests: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl Wire {
    pub(crate) fn plays<const N: usize>(scripts: [Vec<Step>; N]) -> Self {
        Self::behind(Door::Plain, scripts)
    }

    /// The same server behind each of the doors there are: in the clear and over TLS.
    pub(crate) fn each<const N: usize>(scripts: [Vec<Step>; N]) -> impl Iterator<Item = Self> {
        doors()
            .into_iter()
            .map(move |door| Self::behind(door, scripts.clone()))
    }

    fn behind<const N: usize>(door: Door, scripts: [Vec<Step>; N]) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(Notify::new());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stage = Stage {
            door: door.clone(),
            over: over.clone(),
            requests: requests.clone(),
        };
        // A thread of its own, so that the server outlives every runtime of the test.
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(stage.run(listener, scripts.to_vec()));
        });
        Self {
            address,
            door,
            over,
            requests,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.door.scheme(), self.address)
    }

    /// A client that believes this server.
    pub(crate) fn client(&self, builder: HyperTransportBuilder) -> HyperTransport {
        match self.door {
            Door::Plain => builder.build(),
            #[cfg(feature = "_tls")]
            Door::Tls(_) => {
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

    /// Waits until every script was played to its end, and returns the requests in the order of their arrival. The
    /// client's runtime goes on meanwhile.
    pub(crate) async fn finish(self) -> Vec<String> {
        let end = tokio::task::spawn_blocking(move || self.finish_without_runtime()).await;
        end.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// The same where the test has no runtime of its own, or wants it to stand still.
    pub(crate) fn finish_without_runtime(mut self) -> Vec<String> {
        self.over.notify_one();
        if let Err(panic) = self.thread.take().unwrap().join() {
            std::panic::resume_unwind(panic);
        }
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.thread.is_some() && !std::thread::panicking() {
            panic!("the test never asked whether its script was played: call finish()");
        }
    }
}

struct Stage {
    door: Door,
    over: Arc<Notify>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    async fn run(self, listener: std::net::TcpListener, scripts: Vec<Vec<Step>>) {
        let listener = TcpListener::from_std(listener).unwrap();
        let curtain = Gate::new();
        let mut players = tokio::task::JoinSet::new();
        for (number, script) in scripts.into_iter().enumerate() {
            let accepted = tokio::select! {
                biased;
                accepted = listener.accept() => accepted.unwrap(),
                () = self.over.notified() => panic!("connection {number} never came"),
                () = tokio::time::sleep(PATIENCE) => panic!("connection {number} never came"),
            };
            let (door, requests, curtain) =
                (self.door.clone(), self.requests.clone(), curtain.clone());
            players.spawn(async move {
                let player = Player {
                    stream: Some(door.open(accepted.0).await),
                    requests,
                    curtain,
                };
                player.play(number, script).await;
            });
        }
        tokio::time::timeout(PATIENCE, self.over.notified())
            .await
            .expect("the test never ended");
        let uninvited = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
        assert!(uninvited.is_err(), "a connection more than the script has");
        curtain.0.add_permits(players.len());
        while let Some(end) = players.join_next().await {
            if let Err(error) = end {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

struct Player {
    stream: Option<Box<dyn Stream>>,
    requests: Arc<Mutex<Vec<String>>>,
    curtain: Gate,
}

impl Player {
    async fn play(mut self, number: usize, script: Vec<Step>) {
        for (index, step) in script.into_iter().enumerate() {
            let place = format!("connection {number}, step {index}");
            if tokio::time::timeout(PATIENCE, self.perform(step, &place))
                .await
                .is_err()
            {
                panic!("{place} is stuck");
            }
        }
        self.close().await;
    }

    /// Says farewell where the protocol has one, and closes.
    async fn close(&mut self) {
        if let Some(mut stream) = self.stream.take() {
            let _ = stream.shutdown().await;
        }
    }

    async fn perform(&mut self, step: Step, place: &str) {
        match step {
            Step::Read => {
                let request = self.read(place).await;
                self.requests.lock().unwrap().push(request);
            }
            Step::ReadSome => {
                let read = self.stream().read(&mut [0; 1]).await.unwrap_or(0);
                assert_ne!(read, 0, "{place}: the client sent nothing");
            }
            Step::Send(bytes) => {
                let _ = self.stream().write_all(&bytes).await;
                let _ = self.stream().flush().await;
            }
            Step::Trickle(bytes, pause) => {
                for byte in bytes {
                    tokio::time::sleep(pause).await;
                    if self.stream().write_all(&[byte]).await.is_err() {
                        return;
                    }
                    let _ = self.stream().flush().await;
                }
            }
            Step::Flood(bytes) => while self.stream().write_all(&bytes).await.is_ok() {},
            Step::Wait(gate) => gate.pass().await,
            Step::Open(gate) => gate.open(),
            Step::ClientCloses => {
                let more = self.stream().read(&mut [0; 1]).await.unwrap_or(0);
                assert_eq!(
                    more, 0,
                    "{place}: the client used a connection that was finished"
                );
            }
            Step::Stay => self.curtain.pass().await,
            Step::Close => self.close().await,
            #[cfg(feature = "_tls")]
            Step::Vanish => self.stream = None,
            Step::Reset => self.stream.take().unwrap().reset(),
        }
    }

    fn stream(&mut self) -> &mut dyn Stream {
        self.stream.as_deref_mut().expect("the script closed it")
    }

    async fn read(&mut self, place: &str) -> String {
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

/// All that an error says: its text, its causes and what `Debug` shows. It must not hold a secret.
pub(crate) fn words(error: &TransportError) -> String {
    let mut words = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(&format!(" {error}"));
        cause = error.source();
    }
    assert!(!words.contains(CANARY), "a secret in {words}");
    words
}
