//! Reading that can be stopped.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

/// Whether to stop, as a future says that completes then.
pub(crate) struct Stop<'s> {
    stopped: Pin<&'s mut (dyn Future<Output = ()> + Send)>,
    is_stopped: bool,
}

impl<'s> Stop<'s> {
    pub(crate) fn new(stopped: Pin<&'s mut (dyn Future<Output = ()> + Send)>) -> Self {
        Self {
            stopped,
            is_stopped: false,
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Runs a future to its end; returns `None` if it is to stop before.
    pub(crate) async fn unless_stopped<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|context| {
            if !self.is_stopped {
                self.is_stopped = self.stopped.as_mut().poll(context).is_ready();
            }
            match self.is_stopped {
                true => Poll::Ready(None),
                false => future.as_mut().poll(context).map(Some),
            }
        })
        .await
    }
}
