//! One reading for all scrapes within an interval.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::commands::exporter::reading::Reading;

/// How many scrapes may wait for a reading.
const WAITING: usize = 64;

type Reply = oneshot::Sender<Arc<Reading>>;

/// Asks for readings. A clone asks the same [`SharedReading`].
#[derive(Clone, Debug)]
pub(crate) struct Scrapes(mpsc::Sender<Reply>);

/// Answers [`Scrapes`] with the last reading, or with a new one once that is too old.
#[derive(Debug)]
pub(crate) struct SharedReading {
    scrapes: mpsc::Receiver<Reply>,
    /// How long a reading counts, from its begin.
    interval: Duration,
}

/// Connects scrapes with what answers them.
pub(crate) fn shared_reading(interval: Duration) -> (Scrapes, SharedReading) {
    let (sender, scrapes) = mpsc::channel(WAITING);
    (Scrapes(sender), SharedReading { scrapes, interval })
}

impl Scrapes {
    /// Waits for a reading; `None` if the exporter ends.
    pub(crate) async fn reading(&self) -> Option<Arc<Reading>> {
        let (reply, reading) = oneshot::channel();
        self.0.send(reply).await.ok()?;
        reading.await.ok()
    }
}

impl SharedReading {
    /// Answers scrapes until there can be no more. A read that has begun ends, even if the scrape that asked for it does not wait, and is the
    /// answer to all that asked meanwhile. `elapsed` is the time since a fixed moment.
    pub(crate) async fn answer(
        mut self,
        elapsed: impl Fn() -> Duration,
        mut read: impl AsyncFnMut() -> Reading,
    ) {
        let mut last: Option<(Duration, Arc<Reading>)> = None;
        while let Some(scrape) = self.scrapes.recv().await {
            let now = elapsed();
            let fresh = last.take();
            let fresh = fresh.filter(|(began, _)| now.saturating_sub(*began) < self.interval);
            let (began, reading) = match fresh {
                Some(fresh) => fresh,
                None => (now, Arc::new(read().await)),
            };
            let _ = scrape.send(Arc::clone(&reading));
            while let Ok(scrape) = self.scrapes.try_recv() {
                let _ = scrape.send(Arc::clone(&reading));
            }
            last = Some((began, reading));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_reading_is_shared_until_it_is_too_old() {
        let (scrapes, shared) = shared_reading(Duration::from_secs(60));
        let (elapsed, reads) = (Cell::new(Duration::ZERO), Cell::new(0));
        let answer = shared.answer(
            || elapsed.get(),
            async || {
                reads.set(reads.get() + 1);
                tokio::task::yield_now().await;
                Reading::default()
            },
        );
        let scrape = async {
            let (first, second) = tokio::join!(scrapes.reading(), scrapes.reading());
            assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
            for (seconds, expected) in [(59, 1), (60, 2), (61, 2), (119, 2), (121, 3)] {
                elapsed.set(Duration::from_secs(seconds));
                scrapes.reading().await.unwrap();
                assert_eq!(reads.get(), expected, "{seconds}");
            }
            drop(scrapes);
        };
        tokio::join!(answer, scrape);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn there_is_no_reading_once_the_exporter_ends() {
        let (scrapes, shared) = shared_reading(Duration::from_secs(60));
        drop(shared);
        assert!(scrapes.reading().await.is_none());
    }
}
