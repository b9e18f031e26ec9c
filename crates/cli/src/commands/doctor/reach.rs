//! Whether the name of the server, or of its proxy, resolves, and whether a connection can be opened to it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use gatelet_hyper::TokioClock;
use gatelet_transport::Clock as _;
use tokio::net::{TcpStream, lookup_host};

use crate::commands::doctor::check::Checks;
use crate::error::error::CliError;
use crate::error::exit::Exit;

/// What is dialed: the server, or the proxy in front of it.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_proxy: bool,
}

/// Resolves the name and opens a connection, each within the limit; returns whether that worked.
pub(crate) async fn check(peer: &Peer, limit: Duration, checks: &mut Checks) -> bool {
    let addresses = match resolve(peer, limit).await {
        Ok(addresses) => addresses,
        Err(error) => {
            let line = format!("{} does not resolve: {error}", peer.host);
            checks.fail(
                "name",
                &CliError::new(exit(&error), line),
                Some(peer.name_remedy()),
            );
            return false;
        }
    };
    checks.ok("name", peer.describe(&addresses));
    let mut failure = None;
    let clock = TokioClock::new();
    for address in &addresses {
        let start = clock.monotonic();
        match within(limit, TcpStream::connect(address)).await {
            Ok(_) => {
                let took = clock.monotonic().saturating_sub(start).as_millis();
                checks.ok("tcp", format!("connected to {address} after {took} ms"));
                return true;
            }
            Err(error) => failure = failure.or(Some((address, error))),
        }
    }
    if let Some((address, error)) = failure {
        let line = format!("could not connect to {address}: {error}");
        checks.fail(
            "tcp",
            &CliError::new(exit(&error), line),
            Some(peer.tcp_remedy()),
        );
    }
    false
}

impl Peer {
    fn describe(&self, addresses: &[SocketAddr]) -> String {
        if self.host.parse::<IpAddr>().is_ok() {
            return format!("{} is an address", self.host);
        }
        let addresses = addresses.iter().map(|address| address.ip().to_string());
        let addresses: Vec<_> = addresses.collect();
        format!("{} resolves to {}", self.host, addresses.join(", "))
    }

    fn name_remedy(&self) -> &'static str {
        match self.is_proxy {
            true => "check the host name of the proxy",
            false => "check the host name, and whether only a proxy can resolve it (--proxy)",
        }
    }

    fn tcp_remedy(&self) -> &'static str {
        match self.is_proxy {
            true => "check host and port of the proxy",
            false => {
                "check the port, and whether a firewall is between, or whether a proxy is needed (--proxy)"
            }
        }
    }
}

async fn resolve(peer: &Peer, limit: Duration) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = peer.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, peer.port)]);
    }
    let found = within(limit, lookup_host((peer.host.as_str(), peer.port))).await?;
    let addresses: Vec<_> = found.collect();
    match addresses.is_empty() {
        true => Err(io::Error::other("it has no address")),
        false => Ok(addresses),
    }
}

async fn within<T>(limit: Duration, result: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let clock = TokioClock::new();
    tokio::select! {
        result = result => result,
        () = clock.sleep(limit) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn exit(error: &io::Error) -> Exit {
    match error.kind() {
        io::ErrorKind::TimedOut => Exit::Timeout,
        _ => Exit::Connect,
    }
}
