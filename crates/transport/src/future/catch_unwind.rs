//! Turns panics of user code into errors.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// The code panicked. The payload is dropped, because it may contain a secret.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Calls a function and catches its panic.
pub(crate) fn catch_unwind_sync<T>(call: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        // Dropping the payload may panic, too.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(again);
        }
        Panicked
    })
}

/// Creates a future and runs it to its end. Panics of both, and of dropping the future at any time, are caught.
///
/// After a panic the future is never polled again. State that it shares with others is its own business, as with any
/// panicking thread: `AssertUnwindSafe` asserts no more.
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

/// A future that does not panic when dropped.
struct Caught<F>(Option<F>);

impl<F> Caught<F> {
    fn end(&mut self) -> Result<(), Panicked> {
        let future = self.0.take();
        catch_unwind_sync(|| drop(future))
    }
}

impl<F> Drop for Caught<F> {
    fn drop(&mut self) {
        // There is no one to report it to.
        let _ = self.end();
    }
}
