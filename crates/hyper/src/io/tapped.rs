//! An I/O wrapper through which a tap observes a connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Observes the bytes of one connection.
pub(crate) trait Tap {
    /// Observes bytes that were read. An error ends the connection.
    fn on_read(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Runs a write that is offered this many bytes, or refuses it.
    fn on_write(
        &mut self,
        _offered: usize,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        write()
    }
}

/// A stream with a tap on it.
pub(crate) struct Tapped<T, P> {
    stream: T,
    tap: P,
}

impl<T, P> Tapped<T, P> {
    pub(crate) fn new(stream: T, tap: P) -> Self {
        Self { stream, tap }
    }
}

impl<T: AsyncRead + Unpin, P: Tap + Unpin> AsyncRead for Tapped<T, P> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, tap } = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(stream).poll_read(cx, buf))?;
        let read = buf.filled().get(before..).unwrap_or_default();
        Poll::Ready(tap.on_read(read))
    }
}

impl<T: AsyncWrite + Unpin, P: Tap + Unpin> AsyncWrite for Tapped<T, P> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, tap } = self.get_mut();
        tap.on_write(bytes.len(), || Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, tap } = self.get_mut();
        let offered = bytes.iter().map(|slice| slice.len()).sum();
        tap.on_write(offered, || Pin::new(stream).poll_write_vectored(cx, bytes))
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
