//! The body of a request.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use gatelet_transport::SendTracker;

/// The body of a request, whole or as far as its tracker lets it.
///
/// Over HTTP/1.1 the stream sees what leaves. Over HTTP/2, whose connections have several users, a body goes out in pieces, and
/// hyper asks for the next one only when the peer has taken those before: what was not asked for, the peer cannot have.
pub(crate) struct TrackedBody {
    rest: Bytes,
    tracker: Option<SendTracker>,
}

impl TrackedBody {
    /// A body that goes out at once.
    pub(crate) fn full(bytes: Bytes) -> Self {
        Self {
            rest: bytes,
            tracker: None,
        }
    }

    /// From now on it goes out in pieces, the first of which is the head; false if the request was recalled and must not.
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
        /// The largest frame that every server takes (RFC 9113 section 4.2).
        const PIECE: usize = 16 * 1024;

        let Self { rest, tracker } = &mut *self;
        if rest.is_empty() {
            return Poll::Ready(None);
        }
        let Some(tracker) = tracker else {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(rest)))));
        };
        let taken = tracker.write_tracked(rest.len(), || Poll::Ready(Ok(rest.len().min(PIECE))));
        taken.map(|taken| Some(taken.map(|taken| Frame::data(rest.split_to(taken)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
