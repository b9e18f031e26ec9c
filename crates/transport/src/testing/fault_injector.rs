//! A transport that injects network faults into another one.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::error::transport::{ConnectFailure, TransportError, TransportErrorKind};
use crate::transport::clock::{AnyClock, Clock};
use crate::transport::transport::Transport;

/// The fault of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// None: the request and its response are passed on.
    Pass,
    /// The connection is refused; the inner transport is not called.
    Refuse,
    /// The inner transport handles the request, but the response is lost.
    DropResponse,
    /// The inner transport handles the request, but the response is cut off after its head.
    TruncateResponse,
    /// The request is delayed by this time of the clock.
    Delay(Duration),
    /// The response has this status and no body; the inner transport is not called.
    Status(StatusCode),
    /// The inner transport handles the request, and the body of its response is replaced.
    Body(Bytes),
}

/// Injects network faults into another transport, from a script or at random; clones share it.
///
/// ```
/// use gatelet_transport::testing::{FakeResponse, FakeTransport, Fault, FaultInjector, ManualClock};
/// use gatelet_transport::{Sent, Transport};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let server = FakeTransport::script([FakeResponse::status(204)]);
/// let faulty = FaultInjector::script(server.clone(), ManualClock::auto(), [Fault::DropResponse]);
/// let error = faulty.send(http::Request::default()).await.unwrap_err();
/// assert_eq!(error.sent(), Sent::Whole);
/// assert_eq!(server.into_requests().len(), 1); // handled by the server, but the response was lost
/// # }
/// ```
pub struct FaultInjector<T>(Arc<Inner<T>>);

struct Inner<T> {
    transport: T,
    clock: AnyClock,
    state: Mutex<State>,
}

struct State {
    source: Source,
    injected: Vec<Fault>,
}

enum Source {
    Script(VecDeque<Fault>),
    Chance { random: fastrand::Rng, share: f64 },
}

impl<T: Transport> FaultInjector<T> {
    /// Injects these faults into one request after the other, and none after the end of the script.
    pub fn script(
        transport: T,
        clock: impl Clock,
        faults: impl IntoIterator<Item = Fault>,
    ) -> Self {
        Self::with(
            transport,
            clock,
            Source::Script(faults.into_iter().collect()),
        )
    }

    /// Injects random faults into this share of the requests, from 0 to 1. Equal seeds give equal faults to equal
    /// sequences.
    pub fn seeded(transport: T, clock: impl Clock, seed: u64, share: f64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self::with(transport, clock, Source::Chance { random, share })
    }

    fn with(transport: T, clock: impl Clock, source: Source) -> Self {
        Self(Arc::new(Inner {
            transport,
            clock: AnyClock::new(clock),
            state: Mutex::new(State {
                source,
                injected: Vec::new(),
            }),
        }))
    }
}

impl<T> FaultInjector<T> {
    /// Returns the faults so far, one for each request.
    #[must_use]
    pub fn injected(&self) -> Vec<Fault> {
        self.lock().injected.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Fault {
        let mut state = self.lock();
        let fault = match &mut state.source {
            Source::Script(faults) => faults.pop_front().unwrap_or(Fault::Pass),
            Source::Chance { random, share } => {
                let is_hit = random.f64() < *share;
                if is_hit {
                    by_chance(random)
                } else {
                    Fault::Pass
                }
            }
        };
        state.injected.push(fault.clone());
        fault
    }
}

fn by_chance(random: &mut fastrand::Rng) -> Fault {
    const STATUSES: [StatusCode; 4] = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::BAD_GATEWAY,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    const BODIES: [&[u8]; 4] = [b"", b"{", b"<html>", b"\xff"];
    match random.u8(0..6) {
        0 => Fault::Refuse,
        1 => Fault::DropResponse,
        2 => Fault::TruncateResponse,
        3 => Fault::Delay(Duration::from_millis(random.u64(1..60_000))),
        4 => Fault::Status(random.choice(STATUSES).unwrap_or_default()),
        _ => Fault::Body(Bytes::from_static(
            random.choice(BODIES).unwrap_or_default(),
        )),
    }
}

impl<T: Transport> Transport for FaultInjector<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let Inner {
            transport, clock, ..
        } = &*self.0;
        let interrupted = TransportError::new(TransportErrorKind::Interrupted);
        match self.next() {
            Fault::Pass => transport.send(request).await,
            Fault::Refuse => Err(TransportError::new(TransportErrorKind::Connect(
                ConnectFailure::Refused,
            ))),
            Fault::DropResponse => {
                transport.send(request).await?;
                Err(interrupted)
            }
            Fault::TruncateResponse => {
                let response = transport.send(request).await?;
                let (head, _) = response.into_parts();
                Err(interrupted.with_head(head.status, head.headers))
            }
            Fault::Delay(delay) => {
                clock.sleep(delay).await;
                transport.send(request).await
            }
            Fault::Status(status) => {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = status;
                Ok(response)
            }
            Fault::Body(body) => Ok(transport.send(request).await?.map(|_| body)),
        }
    }
}

impl<T> Clone for FaultInjector<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for FaultInjector<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultInjector")
            .field("injected", &self.lock().injected)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, StatusCode};

    use super::{Fault, FaultInjector};
    use crate::error::sent::Sent;
    use crate::testing::{FakeResponse, FakeTransport, ManualClock};
    use crate::transport::transport::Transport as _;

    #[tokio::test]
    async fn each_fault_is_injected() {
        let fake = FakeTransport::respond(|_| FakeResponse::json(201, "{}"));
        let clock = ManualClock::auto();
        let delay = Duration::from_secs(3);
        let faults = [
            Fault::Refuse,
            Fault::DropResponse,
            Fault::TruncateResponse,
            Fault::Delay(delay),
            Fault::Status(StatusCode::BAD_GATEWAY),
            Fault::Body(Bytes::from_static(b"<html>")),
        ];
        let faulty = FaultInjector::script(fake.clone(), clock.clone(), faults.clone());
        let mut seen = Vec::new();
        for _ in 0..7 {
            let outcome = faulty.send(Request::default()).await;
            let asked = fake.requests().len();
            seen.push(match outcome {
                Ok(response) => (Ok(response.status().as_u16()), response.into_body(), asked),
                Err(error) => {
                    let status = error.status().map(|status| status.as_u16());
                    (Err((error.sent(), status)), Bytes::new(), asked)
                }
            });
        }
        let expected = [
            (Err((Sent::Nothing, None)), "", 0),
            (Err((Sent::Whole, None)), "", 1),
            (Err((Sent::Whole, Some(201))), "", 2),
            (Ok(201), "{}", 3),
            (Ok(502), "", 3),
            (Ok(201), "<html>", 4),
            (Ok(201), "{}", 5),
        ];
        assert_eq!(
            seen,
            expected.map(|(outcome, body, asked)| (outcome, body.into(), asked))
        );
        assert_eq!(clock.sleeps(), [delay]);
        assert_eq!(faulty.injected(), [&faults[..], &[Fault::Pass]].concat());
    }

    #[tokio::test]
    async fn equal_seeds_inject_equal_faults() {
        let mut runs = Vec::new();
        for seed in [1, 1, 2] {
            let fake = FakeTransport::respond(|_| FakeResponse::status(200));
            let faulty = FaultInjector::seeded(fake, ManualClock::auto(), seed, 0.5);
            for _ in 0..100 {
                drop(faulty.send(Request::default()).await);
            }
            runs.push(faulty.injected());
        }
        assert!(runs[0] == runs[1] && runs[0] != runs[2]);
        let passed = runs[0]
            .iter()
            .filter(|fault| **fault == Fault::Pass)
            .count();
        assert!((30..=70).contains(&passed), "{passed}");
    }
}
