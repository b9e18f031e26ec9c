//! A stream that a request leaves by, as far as its tracker lets it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

use gatelet_transport::SendTracker;

/// The request that a connection is writing; a clone is of the same connection.
///
/// hyper offers a request as a whole, so what the stream did not take of an offer is what the server cannot have. With TLS
/// that is counted before it is encrypted.
#[derive(Clone, Debug, Default)]
pub(crate) struct WriteGate(Arc<Mutex<SendTracker>>);

impl WriteGate {
    /// The next bytes that are written are those of this request.
    pub(crate) fn begin(&self, tracker: &SendTracker) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tracker.clone();
    }

    /// The same stream, by which the request leaves.
    pub(crate) fn gate<T>(&self, stream: T) -> GatedIo<T> {
        GatedIo {
            stream,
            gate: self.clone(),
        }
    }

    fn write(
        &self,
        offered: usize,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let tracker = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tracker.write_tracked(offered, write)
    }
}

/// A stream that asks the tracker of the request before it takes a byte of it.
pub(crate) struct GatedIo<T> {
    stream: T,
    gate: WriteGate,
}

impl<T: Read + Unpin> Read for GatedIo<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<T: Write + Unpin> Write for GatedIo<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, gate } = self.get_mut();
        gate.write(buf.len(), || Pin::new(stream).poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, gate } = self.get_mut();
        let offered = bufs.iter().map(|buf| buf.len()).sum();
        gate.write(offered, || Pin::new(stream).poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
