//! A timeout.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Returns the output of a future, or `None` if the limit ends first. The future is polled first, so one that is ready
/// always wins.
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
