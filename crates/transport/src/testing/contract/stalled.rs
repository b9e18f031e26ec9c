//! Transports that stall are reported at the deadline.

use std::future::{Future, pending, poll_fn};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::deadline::{Deadline, LIMIT};
use super::{OriginServer, Wrapped, cases, invariants};
use crate::error::transport::TransportError;
use crate::testing::ManualClock;
use crate::transport::clock::Clock as _;
use crate::transport::transport::{Transport, from_fn};

impl Deadline for ManualClock {
    async fn wait(&self) {
        self.sleep(LIMIT).await;
    }
}

/// Runs a check that stalls in this rule, and is reported exactly at the deadline.
fn stalls_in(rule: &str, clock: &ManualClock, check: impl Future<Output = ()>) {
    let mut check = pin!(check);
    let mut poll = || check.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let moment = Duration::from_nanos(1);
    assert_eq!(poll(), Poll::Pending, "ended at once");
    clock.advance(LIMIT - moment);
    assert_eq!(poll(), Poll::Pending, "ended too early");
    clock.advance(moment);
    let panic = catch_unwind(AssertUnwindSafe(poll)).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(
        text.ends_with(&format!("contract: {rule}: not finished after 30 s")),
        "{text}"
    );
}

/// Checks a transport around the origin server of the suite.
fn wrapper_stalls_in<T: Transport>(rule: &str, make: impl Fn(OriginServer) -> T) {
    let clock = ManualClock::new();
    stalls_in(rule, &clock, cases::check(&Wrapped { make }, &clock));
}

type Outcome = Result<Response<Bytes>, TransportError>;

#[test]
fn a_transport_that_never_responds_is_found() {
    wrapper_stalls_in("a request arrives unchanged", |_| {
        from_fn(|_| pending::<Outcome>())
    });
}

#[test]
fn a_transport_that_hangs_after_an_error_is_found() {
    wrapper_stalls_in("nothing is retried", |origin| {
        from_fn(move |request: Request<_>| {
            let origin = origin.clone();
            async move {
                match origin.send(request).await {
                    Err(_) => pending().await,
                    outcome => outcome,
                }
            }
        })
    });
}

#[test]
fn a_transport_that_continues_after_its_drop_is_found() {
    wrapper_stalls_in("dropping cancels", |origin| {
        from_fn(move |request| {
            let origin = origin.clone();
            let mut going_on =
                ManuallyDrop::new(Box::pin(async move { origin.send(request).await }));
            poll_fn(move |context| going_on.as_mut().poll(context))
        })
    });
}

#[test]
fn a_server_that_never_responds_is_found() {
    let clock = ManualClock::new();
    let server = from_fn(|_| pending::<Outcome>());
    let check = invariants::check(&server, "https://api.example.com", &clock);
    stalls_in("every request gets a complete response", &clock, check);
}
