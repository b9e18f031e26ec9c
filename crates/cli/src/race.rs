//! Two futures, of which the first to end decides.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// What the future gives that ends first; the other one is dropped. If both have ended, the first one counts.
pub(crate) async fn first<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Pending => other.as_mut().poll(context),
        ended => ended,
    })
    .await
}
