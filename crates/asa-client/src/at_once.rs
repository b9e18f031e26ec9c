//! Several futures at once.

use std::future::{Future, poll_fn};
use std::task::Poll;

/// Runs futures, at most so many at once and at least one, and returns their results in order.
pub(crate) async fn run_at_once<F: Future>(
    futures: impl IntoIterator<Item = F>,
    limit: usize,
) -> Vec<F::Output> {
    let mut waiting = futures.into_iter();
    let mut running = Vec::new();
    let mut finished = Vec::new();
    let mut count = 0_usize;
    poll_fn(|context| {
        loop {
            while running.len() < limit.max(1) {
                let Some(future) = waiting.next() else { break };
                running.push((count, Box::pin(future)));
                count += 1;
            }
            let before = finished.len();
            running.retain_mut(|(number, future)| match future.as_mut().poll(context) {
                Poll::Ready(result) => {
                    finished.push((*number, result));
                    false
                }
                Poll::Pending => true,
            });
            if running.is_empty() && finished.len() == before {
                return Poll::Ready(());
            }
            if finished.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await;
    finished.sort_unstable_by_key(|(number, _)| *number);
    finished.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Is pending so many times.
    async fn after(polls: usize, running: &Cell<usize>, most: &Cell<usize>) -> usize {
        running.set(running.get() + 1);
        most.set(most.get().max(running.get()));
        let mut left = polls;
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        running.set(running.get() - 1);
        polls
    }

    #[tokio::test]
    async fn results_are_in_order_and_no_more_than_the_limit_run_at_once() {
        for limit in [0, 1, 3, 100] {
            let (running, most) = (Cell::new(0), Cell::new(0));
            let polls = [5, 1, 2, 9, 1, 1, 3];
            let futures = polls.map(|it| after(it, &running, &most));
            assert_eq!(run_at_once(futures, limit).await, polls);
            assert_eq!(most.get(), limit.clamp(1, polls.len()), "{limit}");
        }
        let none: [std::future::Ready<()>; 0] = [];
        assert!(run_at_once(none, 3).await.is_empty());
    }
}
