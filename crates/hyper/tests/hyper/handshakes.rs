//! How many handshakes concurrent requests need.

#![allow(clippy::disallowed_methods)] // It runs on real sockets, so its timeouts are real too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_test_support::task_server::TaskServer;
use gatelet_transport::{Phase, Sent, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::server::TlsStream;

use crate::SHORT;
use crate::script::Gate;
use crate::stream::tls;

/// What the server does with its first connection, before the handshake.
#[derive(Clone, Copy)]
enum First {
    Serves,
    HangsUp,
    IsSilent,
    /// Sends a `GOAWAY` after the handshake of each connection.
    GoesAway,
}

#[derive(Clone)]
struct Plan {
    protocol: &'static str,
    first: First,
    /// The number of concurrent requests that the server allows on a connection.
    streams: Option<u32>,
    /// The server responds to this many requests together.
    requests: Arc<Barrier>,
    /// All handshakes except the first continue together, in groups of this size.
    handshakes: Arc<Barrier>,
}

impl Plan {
    fn of(protocol: &'static str) -> Self {
        Self {
            protocol,
            first: First::Serves,
            streams: None,
            requests: Arc::new(Barrier::new(1)),
            handshakes: Arc::new(Barrier::new(1)),
        }
    }
}

struct Server {
    server: TaskServer,
    /// The peak of open connections.
    most_open: Arc<AtomicUsize>,
    /// The peak of requests in flight on one connection.
    most: Arc<AtomicUsize>,
    /// The number of requests in flight on all connections.
    under_way: Arc<AtomicUsize>,
    /// Opened for each connection.
    arrived: Gate,
}

impl Server {
    async fn start(plan: Plan) -> Self {
        let (most_open, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (under_way, arrived) = (Arc::<AtomicUsize>::default(), Gate::new());
        let open = Arc::new(AtomicUsize::new(0));
        let counts = [most.clone(), under_way.clone()];
        let (peak, opened) = (most_open.clone(), arrived.clone());
        let server = TaskServer::start(move |stream, number| {
            opened.open();
            peak.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let (plan, open, counts) = (plan.clone(), open.clone(), counts.clone());
            async move {
                let _ = serve(stream, number, plan, counts).await;
                open.fetch_sub(1, Ordering::SeqCst);
            }
        })
        .await;
        Self {
            server,
            most_open,
            most,
            under_way,
            arrived,
        }
    }

    fn connections(&self) -> usize {
        self.server.connections()
    }

    fn request(&self) -> Request<Bytes> {
        let uri = format!("https://{}/", self.server.address);
        Request::post(uri).body(Bytes::from_static(b"{}")).unwrap()
    }

    /// Makes this many calls at once, and returns their results.
    async fn burst(
        &self,
        transport: &HyperTransport,
        calls: usize,
    ) -> Vec<Result<Response<Bytes>, TransportError>> {
        let mut burst = JoinSet::new();
        for _ in 0..calls {
            let (transport, request) = (transport.clone(), self.request());
            burst.spawn(async move { transport.send(request).await });
        }
        before_timeout(burst.join_all()).await
    }
}

/// Fails a test that is stuck.
async fn before_timeout<T>(work: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, work)
        .await
        .expect("the test is stuck")
}

fn client(builder: HyperTransportBuilder) -> HyperTransport {
    let root = tls::AUTHORITY.der().to_vec();
    let builder = builder.only_these_roots().add_root_certificate_der(root);
    builder.unwrap().build()
}

async fn serve(
    mut stream: TcpStream,
    number: usize,
    plan: Plan,
    counts: [Arc<AtomicUsize>; 2],
) -> std::io::Result<()> {
    match (number, plan.first) {
        (0, First::HangsUp) => return Ok(()),
        (0, First::IsSilent) => {
            while let 1.. = stream.read(&mut [0; 4096]).await? {}
            return Ok(());
        }
        (0, First::Serves) | (_, First::GoesAway) => {}
        _ => _ = plan.handshakes.wait().await,
    }
    let stream = tls::acceptor(plan.protocol).accept(stream).await?;
    match plan.protocol {
        "h2" => serve_http2(stream, plan, counts).await,
        _ => serve_http1(stream, plan).await,
    }
}

async fn serve_http1(mut stream: TlsStream<TcpStream>, plan: Plan) -> std::io::Result<()> {
    while let 1.. = stream.read(&mut [0; 4096]).await? {
        plan.requests.wait().await;
        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh1";
        stream.write_all(response).await?;
    }
    Ok(())
}

async fn serve_http2(
    stream: TlsStream<TcpStream>,
    plan: Plan,
    counts: [Arc<AtomicUsize>; 2],
) -> std::io::Result<()> {
    let [most, all] = counts;
    let mut builder = h2::server::Builder::new();
    if let Some(streams) = plan.streams {
        builder.max_concurrent_streams(streams);
    }
    let mut connection = builder
        .handshake(stream)
        .await
        .map_err(std::io::Error::other)?;
    if matches!(plan.first, First::GoesAway) {
        connection.abrupt_shutdown(h2::Reason::NO_ERROR);
    }
    let under_way = Arc::new(AtomicUsize::new(0));
    let mut requests = JoinSet::new();
    while let Some(request) = connection.accept().await {
        let (_, mut respond) = request.map_err(std::io::Error::other)?;
        most.fetch_max(
            under_way.fetch_add(1, Ordering::SeqCst) + 1,
            Ordering::SeqCst,
        );
        all.fetch_add(1, Ordering::SeqCst);
        let (plan, under_way, all) = (plan.clone(), under_way.clone(), all.clone());
        requests.spawn(async move {
            plan.requests.wait().await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            all.fetch_sub(1, Ordering::SeqCst);
            let response = respond.send_response(Response::new(()), false);
            // The client may be gone.
            let _ = response.and_then(|mut body| body.send_data(Bytes::from_static(b"h2"), true));
        });
    }
    Ok(())
}

async fn fifty_first_calls() {
    for _ in 0..3 {
        let server = Server::start(Plan::of("h2")).await;
        let transport = client(HyperTransport::builder());
        for response in server.burst(&transport, 50).await {
            assert_eq!(response.unwrap().body(), "h2");
        }
        let connections = server.connections();
        assert!((1..=2).contains(&connections), "{connections}");
    }
}

// U21
#[tokio::test]
async fn fifty_first_calls_at_once_over_http2_make_at_most_two_handshakes() {
    fifty_first_calls().await;
}

// U21
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_first_calls_on_several_threads_make_at_most_two_handshakes() {
    fifty_first_calls().await;
}

// U21
#[tokio::test]
async fn fifty_first_calls_over_http1_run_concurrently() {
    let mut plan = Plan::of("http/1.1");
    plan.requests = Arc::new(Barrier::new(50));
    plan.handshakes = Arc::new(Barrier::new(49));
    let server = Server::start(plan).await;
    let transport = client(HyperTransport::builder().max_idle_connections(1));
    for response in server.burst(&transport, 50).await {
        assert_eq!(response.unwrap().body(), "h1");
    }
    assert_eq!(server.connections(), 50);
}

// U21
#[tokio::test]
async fn requests_to_a_known_http1_server_do_not_wait() {
    let mut plan = Plan::of("http/1.1");
    plan.handshakes = Arc::new(Barrier::new(50));
    let server = Server::start(plan).await;
    let transport = client(HyperTransport::builder().idle_timeout(Duration::ZERO));
    transport.send(server.request()).await.unwrap();
    // The requests do not even wait for the first of these handshakes.
    for response in server.burst(&transport, 50).await {
        assert_eq!(response.unwrap().body(), "h1");
    }
    assert_eq!(server.connections(), 51);
}

#[tokio::test]
async fn requests_do_not_wait_for_each_other_if_no_connection_is_kept() {
    for builder in [
        HyperTransport::builder().max_idle_connections(0),
        HyperTransport::builder().idle_timeout(Duration::ZERO),
        HyperTransport::builder().max_connection_age(Duration::ZERO),
    ] {
        let mut plan = Plan::of("h2");
        plan.handshakes = Arc::new(Barrier::new(49));
        let server = Server::start(plan).await;
        for response in server.burst(&client(builder), 50).await {
            assert_eq!(response.unwrap().body(), "h2");
        }
        assert_eq!(server.connections(), 50);
    }
}

// U21
#[tokio::test]
async fn as_many_requests_share_a_connection_as_the_server_allows() {
    for (streams, calls, connections) in [(10, 50, 5), (1, 6, 6), (250, 200, 1), (100, 150, 2)] {
        let mut plan = Plan::of("h2");
        plan.streams = Some(streams);
        plan.requests = Arc::new(Barrier::new(calls));
        let server = Server::start(plan).await;
        let transport = client(HyperTransport::builder().max_in_flight(1_000));
        for response in server.burst(&transport, calls).await {
            assert_eq!(response.unwrap().body(), "h2");
        }
        // One more if two requests took the last stream at the same time.
        let opened = server.connections();
        assert!(
            (connections..=connections + 1).contains(&opened),
            "{streams}: {opened}"
        );
        assert!(server.most.load(Ordering::SeqCst) <= streams as usize);
    }
}

// U21
#[tokio::test]
async fn a_dropped_call_that_opens_a_connection_is_replaced() {
    let mut plan = Plan::of("h2");
    plan.first = First::IsSilent;
    let server = Server::start(plan).await;
    let transport = client(HyperTransport::builder());
    let leader = tokio::spawn({
        let (transport, request) = (transport.clone(), server.request());
        async move { transport.send(request).await }
    });
    server.arrived.pass().await;
    let (results, ()) = tokio::join!(server.burst(&transport, 20), async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.connections(), 1, "the others wait");
        leader.abort();
    });
    for response in results {
        assert_eq!(response.unwrap().body(), "h2");
    }
    assert_eq!(server.connections(), 2);
}

// U21
#[tokio::test]
async fn a_failed_handshake_fails_only_one_call() {
    let mut plan = Plan::of("h2");
    plan.first = First::HangsUp;
    let server = Server::start(plan).await;
    let transport = client(HyperTransport::builder());
    let results = server.burst(&transport, 50).await;
    let failed = results.iter().filter(|response| response.is_err()).count();
    assert_eq!(failed, 1);
    assert!((2..=3).contains(&server.connections()));
}

// U21
#[tokio::test]
async fn calls_do_not_queue_for_a_server_that_closes_each_connection() {
    let mut plan = Plan::of("h2");
    plan.first = First::GoesAway;
    let server = Server::start(plan).await;
    let transport = client(HyperTransport::builder());
    for response in server.burst(&transport, 50).await {
        assert_eq!(response.unwrap_err().sent(), Sent::Nothing);
    }
    assert_eq!(server.connections(), 50);
    let most_open = server.most_open.load(Ordering::SeqCst);
    assert!(most_open > 20, "{most_open}");
}

// U21
#[tokio::test]
async fn an_endless_handshake_fails_only_one_call() {
    let mut plan = Plan::of("h2");
    plan.first = First::IsSilent;
    let server = Server::start(plan).await;
    let transport = client(HyperTransport::builder().connect_timeout(2 * SHORT));
    let results = server.burst(&transport, 20).await;
    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    let [error] = &errors[..] else {
        panic!("{errors:?}");
    };
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Connect));
    assert_eq!(server.connections(), 2);
}

// U21
#[tokio::test(start_paused = true)]
async fn a_request_that_waits_for_a_handshake_keeps_its_own_timeout() {
    let mut plan = Plan::of("h2");
    plan.handshakes = Arc::new(Barrier::new(1_000));
    plan.first = First::IsSilent;
    let server = Server::start(plan).await;
    let transport = client(HyperTransport::builder().connect_timeout(SHORT));
    let start = Instant::now();
    for result in server.burst(&transport, 20).await {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Connect));
        assert_eq!(error.sent(), Sent::Nothing);
    }
    // No request starts its timeout again when it opens a connection itself.
    assert_eq!(start.elapsed(), SHORT);
    // The second connection begins after half of the timeout.
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_waiting_request_replaces_a_dropped_call() {
    let mut plan = Plan::of("h2");
    plan.streams = Some(2);
    plan.requests = Arc::new(Barrier::new(3));
    // The second handshake never ends.
    plan.handshakes = Arc::new(Barrier::new(1_000));
    let server = Server::start(plan).await;
    let builder = HyperTransport::builder().connect_timeout(Duration::from_secs(1_000));
    let transport = client(builder);
    let call = || {
        let (transport, request) = (transport.clone(), server.request());
        tokio::spawn(async move { transport.send(request).await })
    };
    let (first, second) = (call(), call());
    before_timeout(async {
        while server.under_way.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.arrived.pass().await;
    let third = call();
    before_timeout(server.arrived.pass()).await;
    let fourth = call();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    first.abort();
    for call in [second, fourth] {
        let response = before_timeout(call).await.unwrap();
        assert_eq!(response.unwrap().body(), "h2");
    }
    third.abort();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_closed_port_fails_all_calls() {
    // A bound port that nobody listens on, and that no other test gets meanwhile.
    let closed = TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let uri = format!("https://{}/", closed.local_addr().unwrap());
    let transport = client(HyperTransport::builder());
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let request = Request::get(&uri).body(Bytes::new()).unwrap();
        let transport = transport.clone();
        calls.spawn(async move { transport.send(request).await });
    }
    for response in before_timeout(calls.join_all()).await {
        assert_eq!(response.unwrap_err().sent(), Sent::Nothing);
    }
}

// U21, T48
#[tokio::test]
async fn calls_dropped_during_a_handshake_leave_no_request_waiting() {
    let server = Server::start(Plan::of("h2")).await;
    let alive = || {
        let runtime = tokio::runtime::Handle::current();
        runtime.metrics().num_alive_tasks()
    };
    for round in 0..20_u32 {
        let transport = client(HyperTransport::builder());
        let mut dropped = Vec::new();
        for call in 0..10 {
            let mut future = Box::pin(transport.send(server.request()));
            for _ in 0..(round * 7 + call * 3) % 41 {
                let once =
                    std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx)));
                if once.await.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            // Half of the calls stay while the others are dropped.
            dropped.extend((call % 2 == 0).then_some(future));
        }
        drop(dropped);
        for response in server.burst(&transport, 10).await {
            assert_eq!(response.unwrap().body(), "h2");
        }
    }
    // The server is left, and for a while its last connections.
    before_timeout(async {
        while alive() > 10 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}
