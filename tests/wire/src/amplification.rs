//! The number of requests to a server that is down.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dt_client::TokenApi;
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::{RetryPolicy, Transport, from_fn};
use http::{Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::TestClient;
use crate::fixture::{Fixture, Role};
use crate::server::Server;

/// The way in which a server is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at all")]
pub enum Outage {
    /// It responds to every request with 503.
    Unavailable,
    /// It refuses connections, because nothing listens at its address.
    Refused,
}

/// The kind of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at all")]
pub enum CallKind {
    /// Reads of ASA with a bearer.
    Asa,
    /// Reads of ASA that need a token exchange first, which fails.
    AsaExchange,
    /// Reads of Dynatrace.
    Dt,
}

impl CallKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Asa, Self::AsaExchange, Self::Dt];
}

/// Makes calls that all fail, through one client with the default policy, and counts the requests: those that the server
/// received or, if connections are refused, those that were attempted.
pub async fn count_requests(kind: CallKind, outage: Outage, calls: usize) -> usize {
    let fixture = Fixture::default();
    let server = Server::start(|_| unavailable(), None).await;
    let origin = match outage {
        Outage::Unavailable => server.origin(),
        Outage::Refused => closed_port(),
    };
    let (transport, tried) = (HyperTransport::new(), Arc::new(AtomicUsize::new(0)));
    let count = tried.clone();
    let transport = from_fn(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        let transport = transport.clone();
        async move { transport.send(request).await }
    });
    let client = TestClient::new(
        Role::Writer,
        origin,
        transport,
        TokioClock::new(),
        RetryPolicy::default(),
    );
    let clients = (
        client.asa(&fixture, kind == CallKind::AsaExchange),
        client.dt(TokenApi::Classic),
    );
    let permits = Arc::new(Semaphore::new(50));
    let mut running = JoinSet::new();
    for _ in 0..calls {
        let ((asa, dt), permits) = (clients.clone(), permits.clone());
        running.spawn(async move {
            let _permit = permits.acquire_owned().await.unwrap();
            let result = match kind {
                CallKind::Asa | CallKind::AsaExchange => {
                    asa.gateways().list().send().await.map(drop)
                }
                CallKind::Dt => dt.active_gate_tokens().list().send().await.map(drop),
            };
            result.unwrap_err();
        });
    }
    assert_eq!(running.join_all().await.len(), calls);
    drop((clients, client));
    let seen = server.finish().await.exchanges.len();
    match outage {
        Outage::Unavailable => seen,
        Outage::Refused => tried.load(Ordering::Relaxed),
    }
}

fn unavailable() -> Response<bytes::Bytes> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

/// Returns an origin at which nothing listens.
fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
