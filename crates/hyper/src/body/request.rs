//! The body of a request, which records how much of it was sent.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use gatelet_transport::SendTracker;

/// A request body that reports to a tracker.
///
/// Over HTTP/1.1 the write gate of the connection reports instead. An HTTP/2 connection has several users, so there the body is
/// sent in pieces. hyper polls for the next piece only after the peer has accepted the earlier ones, so the peer cannot have a piece
/// that was not polled.
pub(crate) struct TrackedBody {
    rest: Bytes,
    tracker: Option<SendTracker>,
}

impl TrackedBody {
    /// Returns a body that is sent in one piece.
    pub(crate) fn full(bytes: Bytes) -> Self {
        Self {
            rest: bytes,
            tracker: None,
        }
    }

    /// Starts to report to this tracker, and counts the head as sent. Returns false if the request was canceled.
    #[must_use]
    pub(crate) fn start(&mut self, tracker: &SendTracker) -> bool {
        const HEAD: usize = 1;

        let head = tracker.write_tracked(HEAD + self.rest.len(), || Poll::Ready(Ok(HEAD)));
        self.tracker = Some(tracker.clone());
        matches!(head, Poll::Ready(Ok(_)))
    }
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        /// The largest frame that every server accepts (RFC 9113 section 4.2).
        const MAX_FRAME: usize = 16 * 1024;

        let Self { rest, tracker } = &mut *self;
        if rest.is_empty() {
            return Poll::Ready(None);
        }
        let Some(tracker) = tracker else {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(rest)))));
        };
        let taken =
            tracker.write_tracked(rest.len(), || Poll::Ready(Ok(rest.len().min(MAX_FRAME))));
        taken.map(|taken| Some(taken.map(|taken| Frame::data(rest.split_to(taken)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
