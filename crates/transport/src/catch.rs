//! A future whose panic is a value.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The future panicked. What it panicked with is not kept, because it may hold a secret.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Makes a future and drives it; a panic in either is caught.
///
/// The future is never polled again after a panic, and what it shared with others is up to it, as with any thread that
/// panics: asserting unwind safety says no more than that.
pub(crate) async fn catch_panic<F: Future>(
    make: impl FnOnce() -> F,
) -> Result<F::Output, Panicked> {
    let future = catch_unwind(AssertUnwindSafe(make)).map_err(|_| Panicked)?;
    let mut future = pin!(future);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        },
    )
    .await
}
