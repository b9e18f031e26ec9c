//! A limit by a real clock, for a suite that runs under any runtime and so has no timers.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

#[derive(Default)]
struct State {
    is_over: bool,
    waker: Option<Waker>,
}

/// The output of a future, or `None` when it takes longer.
pub(super) async fn patiently<F: Future>(patience: Duration, future: F) -> Option<F::Output> {
    let state = Arc::new(Mutex::new(State::default()));
    // Dropped with this future, which ends the thread.
    let (_alive, watched) = channel::<()>();
    std::thread::spawn({
        let state = state.clone();
        move || {
            if watched.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                let waker = {
                    let mut state = lock(&state);
                    state.is_over = true;
                    state.waker.take()
                };
                waker.into_iter().for_each(Waker::wake);
            }
        }
    });
    let mut future = pin!(future);
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        let mut state = lock(&state);
        if state.is_over {
            return Poll::Ready(None);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    })
    .await
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::patiently;

    #[tokio::test]
    async fn what_never_ends_is_given_up() {
        let never = std::future::pending::<()>();
        assert_eq!(patiently(Duration::from_millis(1), never).await, None);
        let ready = std::future::ready(5);
        assert_eq!(patiently(Duration::ZERO, ready).await, Some(5));
    }
}
