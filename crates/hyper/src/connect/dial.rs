//! Opens a TCP connection to a host name.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;

use crate::origin::Origin;
use gatelet_transport::{ConnectFailure, TransportError, TransportErrorKind};

/// How long an address is tried before the next one is tried too (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to the first address of the origin that accepts.
pub(crate) async fn dial(origin: &Origin) -> Result<TcpStream, TransportError> {
    let addresses = resolve(origin).await.map_err(|error| {
        failed(
            origin,
            failure(&error).unwrap_or(ConnectFailure::Dns),
            error,
        )
    })?;
    let stream = race(addresses).await.map_err(|error| {
        let failure = failure(&error).unwrap_or(ConnectFailure::Other);
        failed(origin, failure, error)
    })?;
    // Small requests must not wait for an acknowledgment. A socket without the option works too.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Returns the addresses of the origin, in the order in which to try them.
pub(crate) async fn resolve(origin: &Origin) -> io::Result<Vec<SocketAddr>> {
    let port = origin.port();
    if let Ok(address) = origin.host().parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    Ok(alternate(lookup_host((origin.host(), port)).await?))
}

/// Interleaves the address families, starting with the one that the system prefers.
fn alternate(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = addresses.peekable();
    let prefers_ipv6 = addresses.peek().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.partition(|address| address.is_ipv6() == prefers_ipv6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::with_capacity(first.len() + second.len());
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}

/// Tries each address a little after the last, or as soon as that fails, and returns the first connection.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut addresses = addresses.into_iter().peekable();
    let mut attempts = JoinSet::new();
    let mut first_error = None;
    loop {
        match addresses.next() {
            // A single address needs no task of its own.
            Some(address) if attempts.is_empty() && addresses.peek().is_none() => {
                return match TcpStream::connect(address).await {
                    Ok(stream) => Ok(stream),
                    Err(error) => Err(first_error.unwrap_or(error)),
                };
            }
            Some(address) => drop(attempts.spawn(TcpStream::connect(address))),
            None if attempts.is_empty() => {
                return Err(first_error.unwrap_or_else(no_address));
            }
            None => {}
        }
        let ended = if addresses.peek().is_some() {
            #[allow(clippy::disallowed_methods)] // The transport keeps its own real timers.
            match tokio::time::timeout(HEAD_START, attempts.join_next()).await {
                Ok(ended) => ended,
                Err(_) => continue,
            }
        } else {
            attempts.join_next().await
        };
        match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(error))) => first_error = first_error.or(Some(error)),
            Some(Err(_)) | None => {}
        }
    }
}

fn no_address() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the host name has no address")
}

/// Classifies an error of the operating system.
fn failure(error: &io::Error) -> Option<ConnectFailure> {
    // EMFILE and ENFILE are 24 and 23 on every Unix, WSAEMFILE is 10024.
    let descriptors: &[i32] = if cfg!(windows) { &[10024] } else { &[23, 24] };
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::ConnectionRefused, _) => Some(ConnectFailure::Refused),
        (_, Some(code)) if descriptors.contains(&code) => Some(ConnectFailure::TooManyOpenFiles),
        _ => None,
    }
}

fn failed(origin: &Origin, failure: ConnectFailure, source: io::Error) -> TransportError {
    TransportError::new(TransportErrorKind::Connect(failure)).with_source(DialError {
        host: origin.host().into(),
        port: origin.port(),
        source,
    })
}

/// Adds the host to an error of the operating system.
#[derive(Debug)]
struct DialError {
    host: Box<str>,
    port: u16,
    source: io::Error,
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connecting to {} port {}", self.host, self.port)
    }
}

impl Error for DialError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{alternate, race};

    #[test]
    fn address_families_alternate() {
        let parse = |text: &str| text.parse::<SocketAddr>().unwrap();
        let given = ["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1"].map(parse);
        let expected = ["[::1]:1", "10.0.0.1:1", "[::2]:1", "[::3]:1"].map(parse);
        assert_eq!(alternate(given.into_iter()), expected);
    }

    #[tokio::test]
    async fn an_unreachable_address_does_not_hide_a_reachable_one() {
        // Bound, so that no other process gets the port, but not listening.
        let closed = tokio::net::TcpSocket::new_v4().unwrap();
        closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let dead = closed.local_addr().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = listener.local_addr().unwrap();
        for addresses in [
            vec![dead, alive],
            vec![alive, dead],
            vec![dead, dead, alive],
        ] {
            assert_eq!(race(addresses).await.unwrap().peer_addr().unwrap(), alive);
        }
        let error = race(vec![dead, dead]).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
        assert!(race(Vec::new()).await.is_err());
    }
}
