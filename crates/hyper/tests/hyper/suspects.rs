//! How a failure on one connection affects the others.

#![allow(clippy::disallowed_methods)] // It runs on real sockets, so its timeouts are real too.

use std::sync::Arc;

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_test_support::task_server::TaskServer;
use gatelet_transport::{CallTimeouts, Channel, Transport, TransportErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::SHORT;
use crate::calls::{channel_to, create, read};
use crate::script::Gate;
use crate::stopped_clock::StoppedClock;

/// What happens to the second request on a broken connection.
#[derive(Clone, Copy, Debug)]
enum Sickness {
    Reset,
    Close,
    /// The server responds with 408.
    GivesUp,
    Silence,
    /// The server sends an invalid head.
    Malformed,
}

/// A server whose first connections respond to one request, together, and are broken from then on. All others work.
struct Server {
    server: TaskServer,
    /// Opened when a request reached a broken connection.
    sick: Gate,
}

impl Server {
    async fn start(sick: usize, sickness: Sickness) -> Self {
        let gate = Gate::new();
        let (together, reached) = (Arc::new(Barrier::new(sick)), gate.clone());
        let server = TaskServer::start(move |stream, number| {
            let (together, reached) = (together.clone(), reached.clone());
            async move {
                if number < sick {
                    falls_sick(stream, together, sickness, reached).await;
                } else {
                    stays_well(stream).await;
                }
            }
        })
        .await;
        Self { server, sick: gate }
    }

    fn connections(&self) -> usize {
        self.server.connections()
    }

    fn channel(&self, transport: &HyperTransport, timeouts: CallTimeouts) -> Channel {
        channel_to(
            &format!("http://{}", self.server.address),
            transport,
            timeouts,
        )
    }

    fn request(&self) -> http::Request<Bytes> {
        let uri = format!("http://{}/", self.server.address);
        http::Request::get(uri).body(Bytes::new()).unwrap()
    }

    /// Leaves this many idle connections in the pool.
    async fn fill_pool(&self, transport: &HyperTransport, idle: usize) {
        let mut calls = JoinSet::new();
        for _ in 0..idle {
            let (transport, request) = (transport.clone(), self.request());
            calls.spawn(async move { transport.send(request).await.unwrap() });
        }
        calls.join_all().await;
        assert_eq!(self.connections(), idle);
    }
}

async fn falls_sick(
    mut stream: TcpStream,
    together: Arc<Barrier>,
    sickness: Sickness,
    reached: Gate,
) {
    assert!(takes_request(&mut stream).await);
    together.wait().await;
    respond(&mut stream).await;
    if !takes_request(&mut stream).await {
        return;
    }
    reached.open();
    match sickness {
        Sickness::Reset => stream.set_zero_linger().unwrap(),
        Sickness::Close => {}
        Sickness::Malformed => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\0: x\r\n\r\n").await;
        }
        Sickness::GivesUp => {
            let response = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(response.as_bytes()).await.unwrap();
            while takes_request(&mut stream).await {}
        }
        Sickness::Silence => while takes_request(&mut stream).await {},
    }
}

async fn stays_well(mut stream: TcpStream) {
    while takes_request(&mut stream).await {
        respond(&mut stream).await;
    }
}

/// Returns false if the client closed the connection. Each request of these tests arrives in one piece.
async fn takes_request(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 4096]).await, Ok(1..))
}

async fn respond(stream: &mut TcpStream) {
    let response =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(response.as_bytes()).await.unwrap();
}

// U9
#[tokio::test]
async fn a_read_succeeds_though_all_idle_connections_are_closed() {
    for sickness in [Sickness::Reset, Sickness::Close, Sickness::GivesUp] {
        let server = Server::start(4, sickness).await;
        let transport = HyperTransport::new();
        server.fill_pool(&transport, 4).await;
        let channel = server.channel(&transport, CallTimeouts::default());
        let response = channel.call(read()).await.unwrap();
        assert_eq!(response.attempts(), 2, "{sickness:?}");
        assert_eq!(server.connections(), 5);
        // The next call meets no broken connection.
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 1);
        assert_eq!(server.connections(), 5);
    }
}

// U9
#[tokio::test]
async fn a_read_succeeds_though_all_idle_connections_are_unresponsive() {
    let default = HyperTransport::new;
    let with_timeout = || HyperTransport::builder().first_byte_timeout(SHORT).build();
    // The timeout of the attempt, or that of the transport.
    for (transport, timeouts) in [
        (default(), CallTimeouts::default().attempt(SHORT)),
        (with_timeout(), CallTimeouts::default()),
    ] {
        let server = Server::start(4, Sickness::Silence).await;
        server.fill_pool(&transport, 4).await;
        let channel = server.channel(&transport, timeouts);
        let response = channel.call(read()).await.unwrap();
        assert_eq!(response.attempts(), 2);
        assert_eq!(server.connections(), 5);
    }
}

// U9
#[tokio::test]
async fn the_call_after_a_failed_create_gets_a_fresh_connection() {
    for sickness in [Sickness::Reset, Sickness::Silence, Sickness::GivesUp] {
        let server = Server::start(4, sickness).await;
        let transport = HyperTransport::new();
        server.fill_pool(&transport, 4).await;
        let channel = server.channel(&transport, CallTimeouts::default().attempt(SHORT));
        let error = channel.call(create("{}".into())).await.unwrap_err();
        assert_eq!(error.attempts(), 1, "{error:?}");
        assert_eq!(channel.call(read()).await.unwrap().attempts(), 1);
        assert_eq!(server.connections(), 5);
    }
}

// U9
#[tokio::test]
async fn concurrent_reads_on_closed_connections_all_succeed() {
    let server = Server::start(4, Sickness::Reset).await;
    let transport = HyperTransport::new();
    server.fill_pool(&transport, 4).await;
    let channel = server.channel(&transport, CallTimeouts::default());
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        let channel = channel.clone();
        calls.spawn(async move { channel.call(read()).await });
    }
    for response in calls.join_all().await {
        assert!(response.unwrap().attempts() <= 2);
    }
    assert!(server.connections() <= 12);
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_its_own_timeout_does_not_get_an_unresponsive_connection_again() {
    let clock = StoppedClock::new();
    let server = Server::start(3, Sickness::Silence).await;
    let transport = HyperTransport::new();
    server.fill_pool(&transport, 3).await;
    let call = tokio::spawn({
        let (transport, request) = (transport.clone(), server.request());
        async move { transport.send(request).await }
    });
    server.sick.pass().await;
    clock.pass(1_100).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    transport.send(server.request()).await.unwrap();
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn a_failure_does_not_affect_connections_opened_later() {
    let server = Server::start(1, Sickness::Silence).await;
    let transport = HyperTransport::new();
    server.fill_pool(&transport, 1).await;
    let channel = server.channel(&transport, CallTimeouts::default().attempt(SHORT));
    let slow = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(read()).await }
    });
    server.sick.pass().await;
    transport.send(server.request()).await.unwrap();
    assert_eq!(server.connections(), 2);
    assert_eq!(slow.await.unwrap().unwrap().attempts(), 2);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_dropped_call_does_not_affect_other_connections() {
    let server = Server::start(2, Sickness::Silence).await;
    let transport = HyperTransport::new();
    server.fill_pool(&transport, 2).await;
    for _ in 0..2 {
        let call = tokio::spawn({
            let (transport, request) = (transport.clone(), server.request());
            async move { transport.send(request).await }
        });
        server.sick.pass().await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    assert_eq!(server.connections(), 2, "both were still there");
}

#[tokio::test]
async fn a_malformed_response_does_not_affect_other_connections() {
    let server = Server::start(3, Sickness::Malformed).await;
    let transport = HyperTransport::new();
    server.fill_pool(&transport, 3).await;
    for _ in 0..3 {
        let error = transport.send(server.request()).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Protocol);
    }
    assert_eq!(server.connections(), 3);
}
