//! A clock that a test advances, beside real sockets.

use std::sync::mpsc;
use std::time::Duration;

/// Keeps a paused clock from advancing while the test waits for real sockets.
pub(crate) struct StoppedClock {
    /// Ends the blocking task when dropped.
    _end: mpsc::Sender<()>,
}

impl StoppedClock {
    pub(crate) fn new() -> Self {
        let (end, ended) = mpsc::channel();
        // A paused clock does not advance automatically while a blocking task runs.
        tokio::task::spawn_blocking(move || ended.recv().unwrap_err());
        Self { _end: end }
    }

    pub(crate) async fn pass(&self, milliseconds: u64) {
        tokio::time::advance(Duration::from_millis(milliseconds)).await;
    }

    /// Advances the clock, then lets all tasks run until they wait.
    #[cfg(feature = "_tls")]
    pub(crate) async fn pass_and_settle(&self, milliseconds: u64) {
        self.pass(milliseconds).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}
