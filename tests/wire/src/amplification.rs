//! How many requests a server that is down gets to see.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::{RetryPolicy, Transport, from_fn};
use http::{Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{Caller, Role, Server, World};

/// How a server is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at all")]
pub enum Down {
    /// It answers everything with 503.
    Unavailable,
    /// Nobody listens at its address.
    Refuses,
}

/// Whose calls they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at all")]
pub enum Victim {
    /// Reads with a bearer of ASA.
    Asa,
    /// Reads of ASA that need an exchange first, which does not come about.
    AsaExchange,
    /// Reads of Dynatrace.
    Dt,
}

impl Victim {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Asa, Self::AsaExchange, Self::Dt];
}

/// Makes calls that all fail, through one client of default policy, and counts the requests: those that the server saw, or
/// those that were tried where there is none.
pub async fn requests(victim: Victim, down: Down, calls: usize) -> usize {
    let world = World::new().await;
    let server = Server::start(|_| unavailable(), None).await;
    let origin = match down {
        Down::Unavailable => server.origin(),
        Down::Refuses => nobody(),
    };
    let (transport, tried) = (HyperTransport::new(), Arc::new(AtomicUsize::new(0)));
    let count = tried.clone();
    let transport = from_fn(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        let transport = transport.clone();
        async move { transport.send(request).await }
    });
    let caller = Caller::new(
        Role::Writer,
        origin,
        transport,
        TokioClock::new(),
        RetryPolicy::default(),
    );
    let clients = (
        caller.asa(&world, victim == Victim::AsaExchange),
        caller.dt(),
    );
    let lanes = Arc::new(Semaphore::new(50));
    let mut running = JoinSet::new();
    for _ in 0..calls {
        let ((asa, dt), lanes) = (clients.clone(), lanes.clone());
        running.spawn(async move {
            let _lane = lanes.acquire_owned().await.unwrap();
            let result = match victim {
                Victim::Asa | Victim::AsaExchange => asa.gateways().list().send().await.map(drop),
                Victim::Dt => dt.active_gate_tokens().list().send().await.map(drop),
            };
            result.unwrap_err();
        });
    }
    assert_eq!(running.join_all().await.len(), calls);
    drop((clients, caller));
    let seen = server.finish().await.exchanges.len();
    match down {
        Down::Unavailable => seen,
        Down::Refuses => tried.load(Ordering::Relaxed),
    }
}

fn unavailable() -> Response<bytes::Bytes> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

/// An address at which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
