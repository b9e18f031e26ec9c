//! Checks of the contract of a [`Transport`], which every implementation passes.
//!
//! Which check applies depends on the transport:
//!
//! | transport | check |
//! | --- | --- |
//! | opens connections | [`check_over_loopback`]: the suite provides a plain HTTP/1.1 server |
//! | wraps another transport | [`check_wrapper`]: the suite provides the inner transport |
//! | is the server itself | [`check_server`]: what holds for any response |
//!
//! Each rule is checked with a fresh transport. A broken rule panics with its name, and so does one that takes longer
//! than 30 s.

mod cases;
mod deadline;
mod invariants;
mod loopback;
mod origin_server;
mod rule;
mod scenario;
mod script;
mod test_bed;
mod tracking;

use std::sync::Arc;

use crate::transport::transport::Transport;

use self::deadline::RealTime;
use self::loopback::Loopback;
use self::scenario::Scenario;
use self::script::{Action, Script};
use self::test_bed::TestBed;

pub use self::origin_server::OriginServer;

/// Checks a transport that opens connections, against a plain HTTP/1.1 server on loopback.
///
/// `make` returns a new transport with a limit of `body_limit` bytes for a response body, at least 1 KiB. A small limit
/// keeps the check fast.
///
/// # Panics
///
/// If a rule of the contract is broken.
///
/// ```
/// use gatelet_transport::Transport;
/// use gatelet_transport::testing::contract;
///
/// async fn check<T: Transport>(with_body_limit: fn(u64) -> T) {
///     contract::check_over_loopback(64 * 1024, || with_body_limit(64 * 1024)).await;
/// }
/// ```
pub async fn check_over_loopback<T: Transport>(body_limit: u64, make: impl Fn() -> T) {
    let test_bed = Sockets { make };
    cases::check(&test_bed, &RealTime).await;
    cases::check_body_limit(&test_bed, body_limit, &RealTime).await;
}

/// Checks a transport that wraps another one, which the suite provides.
///
/// A rule sends 16 requests at once, so give a transport that limits their number a smaller limit: then it is also checked
/// while requests wait in it.
///
/// # Panics
///
/// If a rule of the contract is broken.
///
/// ```
/// use gatelet_transport::{AnyTransport, testing::contract};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// contract::check_wrapper(AnyTransport::new).await;
/// # }
/// ```
pub async fn check_wrapper<T: Transport>(make: impl Fn(OriginServer) -> T) {
    let test_bed = Wrapped { make };
    cases::check(&test_bed, &RealTime).await;
    cases::check_extensions(&test_bed, &RealTime).await;
}

/// Checks a transport that is itself the server at an address.
///
/// # Panics
///
/// If a rule of the contract is broken.
///
/// ```
/// use gatelet_transport::testing::{FakeResponse, FakeTransport, contract};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let server = FakeTransport::respond(|_| FakeResponse::status(404));
/// contract::check_server(server, "https://api.example.com").await;
/// # }
/// ```
pub async fn check_server(transport: impl Transport, address: &str) {
    invariants::check(&transport, address, &RealTime).await;
}

struct Sockets<F> {
    make: F,
}

impl<T: Transport, F: Fn() -> T> TestBed for Sockets<F> {
    type Transport = T;

    fn open(&self, actions: Vec<Action>) -> Scenario<T> {
        let script = Arc::new(Script::new(actions));
        let server = Loopback::start(script.clone());
        Scenario {
            transport: (self.make)(),
            address: server.address(),
            script,
            server: Some(server),
        }
    }

    fn refuse(&self) -> Scenario<T> {
        let mut scenario = self.open(Vec::new());
        // Nothing listens at the address any more.
        scenario.server = None;
        scenario
    }
}

struct Wrapped<F> {
    make: F,
}

impl<T: Transport, F: Fn(OriginServer) -> T> TestBed for Wrapped<F> {
    type Transport = T;

    fn open(&self, actions: Vec<Action>) -> Scenario<T> {
        let script = Arc::new(Script::new(actions));
        Scenario {
            transport: (self.make)(OriginServer::new(script.clone())),
            address: "https://origin.example".into(),
            script,
            server: None,
        }
    }

    fn refuse(&self) -> Scenario<T> {
        self.open(vec![Action::RefuseConnection])
    }
}

#[cfg(test)]
mod stalled;
