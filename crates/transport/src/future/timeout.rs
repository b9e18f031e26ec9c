//! A future that ends in time.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// The output of a future, or `None` when the limit ends first. The future goes first, so one that is ready never loses.
pub(crate) async fn timeout<F: Future>(
    limit: impl Future<Output = ()>,
    future: F,
) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut limit = pin!(limit);
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        limit.as_mut().poll(context).map(|()| None)
    })
    .await
}
