//! The time limit of a rule, in real time: the suite runs under any runtime, and so has no timers.

use std::future::{Future, poll_fn};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

/// The time limit of a rule; one that takes longer has stalled.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// The clock of the time limit.
pub(super) trait Deadline: Sync {
    fn wait(&self) -> impl Future<Output = ()> + Send;
}

/// Waits in real time.
pub(super) struct RealTime;

impl Deadline for RealTime {
    fn wait(&self) -> impl Future<Output = ()> + Send {
        elapse(LIMIT)
    }
}

#[derive(Default)]
struct State {
    is_over: bool,
    waker: Option<Waker>,
}

/// Waits on a thread that ends with this future.
async fn elapse(time: Duration) {
    let state = Arc::new(Mutex::new(State::default()));
    // Dropped with this future, which ends the thread.
    let (_alive, watched) = channel::<()>();
    std::thread::spawn({
        let state = state.clone();
        move || {
            if watched.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                let waker = {
                    let mut state = lock(&state);
                    state.is_over = true;
                    state.waker.take()
                };
                waker.into_iter().for_each(Waker::wake);
            }
        }
    });
    poll_fn(|context| {
        let mut state = lock(&state);
        if state.is_over {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::elapse;

    #[tokio::test]
    async fn real_time_passes() {
        elapse(Duration::from_millis(1)).await;
    }
}
