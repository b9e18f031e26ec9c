//! The contract of a [`Transport`], as checks that every implementation passes.
//!
//! Which of the three fits depends on what stands on the far side:
//!
//! | the transport | the check |
//! | --- | --- |
//! | opens connections | [`over_loopback`]: the suite brings a server on plain HTTP/1.1 |
//! | wraps another transport | [`around`]: the suite brings the inner transport |
//! | is the server, and answers as it likes | [`of_server`]: what holds for any answer |
//!
//! Each rule is checked with a fresh transport. A rule that is broken panics with its name; so does one that is not through
//! after half a minute.

mod loopback;
mod origin;
mod patience;
mod rules;
mod scene;
mod unscripted;

use std::future::Future;
use std::sync::Arc;

use crate::transport::transport::Transport;

use self::loopback::Loopback;
use self::patience::{LIMIT, Patience, RealTime, patiently};
use self::rules::Stage;
use self::scene::{Act, Meeting, Scene};

pub use self::origin::Origin;

/// Checks a transport that opens connections, against a server on loopback that speaks plain HTTP/1.1.
///
/// `make` gives a new transport with a limit of `body_limit` bytes for the body of an answer. A small one makes the check
/// fast; from 1 KiB on it is large enough.
///
/// # Panics
///
/// When a rule of the contract is broken.
///
/// ```
/// use gatelet_transport::Transport;
/// use gatelet_transport::testing::contract;
///
/// async fn check<T: Transport>(with_body_limit: fn(u64) -> T) {
///     contract::over_loopback(64 * 1024, || with_body_limit(64 * 1024)).await;
/// }
/// ```
pub async fn over_loopback<T: Transport>(body_limit: u64, make: impl Fn() -> T) {
    let stage = Sockets { make };
    rules::check(&stage, &RealTime).await;
    rules::check_body_limit(&stage, body_limit, &RealTime).await;
}

/// Checks a transport that wraps another one, which the suite brings.
///
/// # Panics
///
/// When a rule of the contract is broken.
///
/// ```
/// use gatelet_transport::{AnyTransport, testing::contract};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// contract::around(AnyTransport::new).await;
/// # }
/// ```
pub async fn around<T: Transport>(make: impl Fn(Origin) -> T) {
    rules::check(&Wrapped { make }, &RealTime).await;
}

/// Checks a transport that is the server itself, at an address of its own.
///
/// # Panics
///
/// When a rule of the contract is broken.
///
/// ```
/// use gatelet_transport::testing::{FakeResponse, FakeTransport, contract};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let server = FakeTransport::respond(|_| FakeResponse::status(404));
/// contract::of_server(server, "https://api.example.com").await;
/// # }
/// ```
pub async fn of_server(transport: impl Transport, address: &str) {
    unscripted::check(&transport, address, &RealTime).await;
}

struct Sockets<F> {
    make: F,
}

impl<T: Transport, F: Fn() -> T> Stage for Sockets<F> {
    type Transport = T;

    fn open(&self, acts: Vec<Act>) -> Meeting<T> {
        let scene = Arc::new(Scene::new(acts));
        let server = Loopback::start(scene.clone());
        Meeting {
            transport: (self.make)(),
            address: server.address(),
            scene,
            server: Some(server),
        }
    }

    fn refuse(&self) -> Meeting<T> {
        let mut meeting = self.open(Vec::new());
        // Nobody listens any more where the server was.
        meeting.server = None;
        meeting
    }
}

struct Wrapped<F> {
    make: F,
}

impl<T: Transport, F: Fn(Origin) -> T> Stage for Wrapped<F> {
    type Transport = T;

    fn open(&self, acts: Vec<Act>) -> Meeting<T> {
        let scene = Arc::new(Scene::new(acts));
        Meeting {
            transport: (self.make)(Origin::new(scene.clone())),
            address: "https://origin.example".into(),
            scene,
            server: None,
        }
    }

    fn refuse(&self) -> Meeting<T> {
        self.open(vec![Act::Refuse])
    }
}

/// Runs the check of one rule, and panics with the rule's name when it is broken or stuck.
async fn rule(
    name: &str,
    check: impl Future<Output = Result<(), String>>,
    patience: &impl Patience,
) {
    match patiently(patience, check).await {
        Some(Ok(())) => {}
        Some(Err(problem)) => panic!("the transport breaks its contract: {name}: {problem}"),
        None => panic!(
            "the transport breaks its contract: {name}: no end after {} s",
            LIMIT.as_secs()
        ),
    }
}

#[cfg(test)]
mod stuck;
