//! A body held in memory.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A complete body, of a request to a service or of its response. It knows its length; `Debug` shows only that.
///
/// ```
/// use gatelet_transport::FullBody;
///
/// let body = FullBody::from(bytes::Bytes::from("secret"));
/// assert_eq!(format!("{body:?}"), "FullBody(6 bytes)");
/// ```
#[derive(Clone, Default)]
pub struct FullBody(Bytes);

impl From<Bytes> for FullBody {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl Body for FullBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = std::mem::take(&mut self.0);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

impl fmt::Debug for FullBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FullBody({} bytes)", self.0.len())
    }
}
