//! The way through a proxy to a server that speaks TLS.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroizing;

use super::fault;
use super::origin::Origin;
use super::proxy::Proxy;
use super::socket::Socket;
use crate::{BoxError, ConnectFailure, TransportError, TransportErrorKind};

/// The longest head of a proxy's answer that is read, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// Asks the proxy for a tunnel, and returns the socket when it leads to the server.
pub(super) async fn dig(
    mut socket: Socket,
    proxy: &Proxy,
    server: &Origin,
) -> Result<Socket, TransportError> {
    let request = request(proxy, server);
    socket.write_all(&request).await.map_err(refused)?;
    let head = read_head(&mut socket).await.map_err(refused)?;
    match status(&head) {
        Some(200..=299) => Ok(socket),
        Some(407) => Err(fault::proxy_wants_credentials()),
        Some(status) => Err(refused(format!("it answered CONNECT with status {status}"))),
        None => Err(refused("its answer to CONNECT is not HTTP/1")),
    }
}

fn request(proxy: &Proxy, server: &Origin) -> Zeroizing<Vec<u8>> {
    let address = server.address();
    let line = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n");
    let mut request = Zeroizing::new(Vec::with_capacity(1024));
    request.extend_from_slice(line.as_bytes());
    if let Some(authorization) = proxy.authorization() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(authorization.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// Reads up to the empty line, behind which nothing may follow: in TLS it is the client that speaks first.
async fn read_head(socket: &mut Socket) -> io::Result<Vec<u8>> {
    const END: &[u8] = b"\r\n\r\n";

    let mut head = Vec::with_capacity(1024);
    loop {
        if socket.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match head.windows(END.len()).position(|four| four == END) {
            Some(at) if at + END.len() == head.len() => return Ok(head),
            Some(_) => return Err(io::Error::other("it speaks in the server's place")),
            None if head.len() > LONGEST_HEAD => {
                return Err(io::Error::other("its answer to CONNECT has no end"));
            }
            None => {}
        }
    }
}

/// The status of an answer in HTTP/1.0 or 1.1. Its header fields say nothing about a tunnel (RFC 9110 section 9.3.6).
fn status(head: &[u8]) -> Option<u16> {
    let rest = head
        .strip_prefix(b"HTTP/1.1 ")
        .or_else(|| head.strip_prefix(b"HTTP/1.0 "))?;
    let (digits, rest) = rest.split_first_chunk::<3>()?;
    let ends = matches!(rest.first(), Some(b' ' | b'\r'));
    let status: u16 = str::from_utf8(digits).ok()?.parse().ok()?;
    (ends && (100..=599).contains(&status)).then_some(status)
}

fn refused(reason: impl Into<BoxError>) -> TransportError {
    TransportError::new(TransportErrorKind::Connect(ConnectFailure::Proxy)).with_source(reason)
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn a_status_is_read_from_a_status_line_and_from_nothing_else() {
        assert_eq!(
            status(b"HTTP/1.1 200 Connection established\r\n\r\n"),
            Some(200)
        );
        assert_eq!(status(b"HTTP/1.0 407\r\n\r\n"), Some(407));
        for head in [
            "",
            "HTTP/1.1 20",
            "HTTP/2 200 \r\n",
            "HTTP/1.1 2000\r\n",
            "HTTP/1.1 +20 \r\n",
        ] {
            assert_eq!(status(head.as_bytes()), None, "{head}");
        }
    }
}
