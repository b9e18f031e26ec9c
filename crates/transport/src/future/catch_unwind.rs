//! Code of others, whose panic is a value.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// It panicked. What it panicked with is not kept, because it may hold a secret.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Calls it; a panic is caught, as [`catch_unwind_future`] does.
pub(crate) fn catch_unwind_sync<T>(call: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        // Even to drop what it panicked with may panic.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(again);
        }
        Panicked
    })
}

/// Makes a future and drives it to its end; a panic in either is caught, and one in its drop as well, be that before its end or
/// after.
///
/// The future is never polled again after a panic, and what it shared with others is up to it, as with any thread that
/// panics: asserting unwind safety says no more than that.
pub(crate) async fn catch_unwind_future<F: Future + Unpin>(
    make: impl FnOnce() -> F,
) -> Result<F::Output, Panicked> {
    let mut caught = Caught(Some(catch_unwind_sync(make)?));
    let output = poll_fn(|context| {
        let Some(future) = &mut caught.0 else {
            return Poll::Ready(Err(Panicked));
        };
        match catch_unwind_sync(|| Pin::new(future).poll(context)) {
            Ok(poll) => poll.map(Ok),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    })
    .await;
    caught.end().and(output)
}

/// A future whose drop does not panic.
struct Caught<F>(Option<F>);

impl<F> Caught<F> {
    fn end(&mut self) -> Result<(), Panicked> {
        let future = self.0.take();
        catch_unwind_sync(|| drop(future))
    }
}

impl<F> Drop for Caught<F> {
    fn drop(&mut self) {
        // Whoever drops it has no use for the news.
        let _ = self.end();
    }
}
