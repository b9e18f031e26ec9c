//! Time that passes when a test says so, while its sockets are real.

use std::sync::mpsc;
use std::time::Duration;

/// Keeps the clock from moving by itself while real sockets are waited for.
pub(crate) struct StoppedClock {
    /// Its drop ends the work.
    _end: mpsc::Sender<()>,
}

impl StoppedClock {
    pub(crate) fn new() -> Self {
        let (end, ended) = mpsc::channel();
        // A paused clock does not move by itself while work like this is under way.
        tokio::task::spawn_blocking(move || ended.recv().unwrap_err());
        Self { _end: end }
    }

    pub(crate) async fn pass(&self, milliseconds: u64) {
        tokio::time::advance(Duration::from_millis(milliseconds)).await;
    }

    /// The same, and then everybody goes on as far as possible without another event.
    #[cfg(feature = "_tls")]
    pub(crate) async fn pass_and_settle(&self, milliseconds: u64) {
        self.pass(milliseconds).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}
