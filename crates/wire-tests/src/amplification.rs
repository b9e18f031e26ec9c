//! How many requests a server that is down gets to see.

use std::net::TcpListener;
use std::sync::Arc;

use http::{Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use transport::{Error, HyperTransport, RetryPolicy, TokioClock};

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
/// the connections that were tried where there is none.
pub async fn requests(victim: Victim, down: Down, calls: usize) -> usize {
    let world = World::new().await;
    let server = Server::start(|_| unavailable(), None).await;
    let origin = match down {
        Down::Unavailable => server.origin(),
        Down::Refuses => nobody(),
    };
    let caller = Caller::new(
        Role::Writer,
        origin,
        HyperTransport::new(),
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
            match victim {
                Victim::Asa | Victim::AsaExchange => {
                    asa.gateways().list().send().await.unwrap_err()
                }
                Victim::Dt => dt.active_gate_tokens().list().send().await.unwrap_err(),
            }
        });
    }
    let errors = running.join_all().await;
    assert_eq!(errors.len(), calls);
    drop((clients, caller));
    let seen = server.finish().await.exchanges.len();
    match down {
        Down::Unavailable => seen,
        Down::Refuses => errors.iter().map(attempts).sum(),
    }
}

/// The attempts of a call, or of the exchange that it failed for.
fn attempts(error: &Error) -> usize {
    let exchange = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<Arc<Error>>())
        .map_or(0, |exchange| exchange.attempts());
    error.attempts().max(exchange) as usize
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
