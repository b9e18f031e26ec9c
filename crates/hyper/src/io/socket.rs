//! A TCP stream whose state can be probed from outside.

use std::io;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A TCP stream, owned by the task that reads and writes it.
pub(crate) struct Socket(Arc<TcpStream>);

/// Probes the state of a stream without keeping it open.
#[derive(Clone)]
pub(crate) struct SocketProbe(Weak<TcpStream>);

/// The state of an idle connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerState {
    /// Nothing to read.
    Idle,
    /// The peer sent something that has not been read.
    Readable,
    /// The peer closed or reset the connection.
    Closed,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(stream))
    }

    pub(crate) fn probe(&self) -> SocketProbe {
        SocketProbe(Arc::downgrade(&self.0))
    }
}

impl SocketProbe {
    /// Returns the probe of a closed stream.
    #[cfg(test)]
    pub(crate) fn closed() -> Self {
        Self(Weak::new())
    }

    /// Asks the operating system, because the runtime may not have polled the socket for a while.
    pub(crate) fn peer_state(&self) -> PeerState {
        let Some(stream) = self.0.upgrade() else {
            return PeerState::Closed;
        };
        let peeked = SockRef::from(&*stream).peek(&mut [MaybeUninit::uninit()]);
        match peeked {
            Ok(0) => PeerState::Closed,
            Ok(_) => PeerState::Readable,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => PeerState::Idle,
            Err(_) => PeerState::Closed,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.poll_read_ready(cx))?;
            match self.0.try_read_buf(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read.map(drop)),
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(cx))?;
            match self.0.try_write_vectored(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.0).shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tokio::net::{TcpListener, TcpStream};

    use super::{PeerState, Socket};

    /// Returns a socket that the runtime never polls, and its peer.
    async fn pair() -> (Socket, std::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ours, theirs) = tokio::join!(TcpStream::connect(address), listener.accept());
        let peer = theirs.unwrap().0;
        (Socket::new(ours.unwrap()), peer.into_std().unwrap())
    }

    #[tokio::test]
    async fn a_probe_reports_the_state_at_once() {
        let (socket, mut peer) = pair().await;
        let probe = socket.probe();
        assert_eq!(probe.peer_state(), PeerState::Idle);
        peer.write_all(b"x").unwrap();
        assert_eq!(probe.peer_state(), PeerState::Readable);
        drop(socket);
        assert_eq!(probe.peer_state(), PeerState::Closed);
    }

    #[tokio::test]
    async fn a_probe_reports_a_closed_and_a_reset_peer() {
        for is_reset in [false, true] {
            let (socket, peer) = pair().await;
            if is_reset {
                let linger = Some(std::time::Duration::ZERO);
                socket2::SockRef::from(&peer).set_linger(linger).unwrap();
            }
            drop(peer);
            assert_eq!(socket.probe().peer_state(), PeerState::Closed);
        }
    }
}
