//! The rules of the contract about [`SendTracker`].

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use http::{Method, Request};

use super::rule::ensure;
use super::scenario::Scenario;
use super::script::{Action, response};
use super::test_bed::TestBed;
use crate::error::sent::Sent;
use crate::transport::send_tracker::SendTracker;
use crate::transport::transport::Transport;

/// The number of requests that make a transport wait if it limits how many it sends at once.
pub(super) const AT_ONCE: usize = 16;

/// Drops a request that has arrived. A transport that reports to the tracker must have reported that.
pub(super) async fn counts_what_arrived<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let scenario = test_bed.open(vec![Action::Hang]);
    let (request, tracker) = tracked(&scenario, "/things");
    {
        let mut sending = pin!(scenario.transport.send(request));
        let mut first_request = pin!(scenario.script.first_request());
        poll_fn(|context| {
            if sending.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err("a request without a response got one"));
            }
            first_request.as_mut().poll(context).map(Ok)
        })
        .await?;
    }
    let sent = tracker.cancel();
    ensure(sent == Sent::Whole, || {
        format!("the tracker of a request that arrived says {sent:?}")
    })
}

/// Cancels a request that the transport has polled once. If the tracker says that it was not sent, it must never arrive.
pub(super) async fn refuses_a_canceled_request<S: TestBed>(test_bed: &S) -> Result<(), String> {
    let scenario = test_bed.open(vec![Action::Respond(response(200))]);
    let (request, tracker) = tracked(&scenario, "/things");
    let mut sending = pin!(scenario.transport.send(request));
    let first_poll = poll_fn(|context| Poll::Ready(sending.as_mut().poll(context))).await;
    if tracker.cancel() != Sent::Nothing {
        return Ok(());
    }
    if first_poll.is_pending() {
        let _outcome = sending.await;
    }
    ensure(scenario.script.requests().is_empty(), || {
        "the tracker said that the request was not sent, and it arrived".into()
    })
}

/// Polls more creates than a transport that limits their number sends at once, and cancels them all. Those that were not sent
/// are then first in its queue, and must never arrive.
pub(super) async fn refuses_a_request_canceled_in_a_queue<S: TestBed>(
    test_bed: &S,
) -> Result<(), String> {
    let scenario = test_bed.open(vec![Action::Hang; AT_ONCE]);
    let mut all = Vec::with_capacity(AT_ONCE);
    for number in 0..AT_ONCE {
        let path = format!("/things/{number}");
        let (request, tracker) = tracked(&scenario, &path);
        let mut sending = Box::pin(scenario.transport.send(request));
        let is_over = poll_fn(|context| Poll::Ready(sending.as_mut().poll(context).is_ready()));
        if is_over.await {
            return Err("a request without a response got one".into());
        }
        all.push((path, tracker, sending));
    }
    let (mut canceled, sent): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(_, tracker, _)| tracker.cancel() == Sent::Nothing);
    // Makes room for those that wait.
    drop(sent);
    let paths: Vec<_> = canceled.iter().map(|(path, ..)| path.clone()).collect();
    let mut arrival = pin!(scenario.script.request_to(&paths));
    poll_fn(|context| {
        canceled.retain_mut(|(.., sending)| sending.as_mut().poll(context).is_pending());
        if arrival.as_mut().poll(context).is_ready() {
            let problem = "the tracker said that a waiting request was not sent, and it arrived";
            return Poll::Ready(Err(problem.into()));
        }
        match canceled.is_empty() {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    })
    .await
}

/// A create whose tracker the check keeps, as a channel does.
fn tracked<T: Transport>(scenario: &Scenario<T>, path: &str) -> (Request<Bytes>, SendTracker) {
    let mut request = scenario.request(Method::POST, path);
    *request.body_mut() = Bytes::from_static(b"{}");
    let tracker = SendTracker::default();
    request.extensions_mut().insert(tracker.clone());
    (request, tracker)
}
