//! The gate that a request passes on its way to the socket.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use gatelet_transport::SendTracker;

/// Records how much of the current request of a connection was written; clones share it.
///
/// hyper offers a request as a whole, so the peer cannot have what the stream did not take of an offer. With TLS that is
/// counted before encryption.
#[derive(Clone, Debug, Default)]
pub(crate) struct WriteGate(Arc<Mutex<SendTracker>>);

impl WriteGate {
    /// Starts a request: what is written from now on belongs to it.
    pub(crate) fn start_request(&self, tracker: &SendTracker) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tracker.clone();
    }

    /// Runs a write of the request, unless its tracker refuses it.
    pub(crate) fn write(
        &self,
        offered: usize,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let tracker = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tracker.write_tracked(offered, write)
    }
}
