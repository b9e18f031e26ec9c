//! Tunnels through a SOCKS5 proxy (RFC 1928).

use std::future::{Ready, ready};
use std::io;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::proxy::SocksV5;
use hyper_util::rt::TokioIo;
use tower_service::Service;

use crate::connect::dial::resolve;
use crate::connect::proxy::address::{Protocol, Proxy};
use crate::error::config;
use crate::io::socket::Socket;
use crate::origin::Origin;
use gatelet_transport::{ConnectFailure, TransportError, TransportErrorKind};

/// Asks the proxy for a tunnel to the server, and returns the socket when the tunnel is open.
pub(crate) async fn connect(
    socket: Socket,
    proxy: &Proxy,
    server: &Origin,
) -> Result<Socket, TransportError> {
    let address = match proxy.protocol() {
        // hyper-util would block the thread for it.
        Protocol::Socks5 => {
            let addresses = resolve(server).await;
            let address = addresses.ok().and_then(|found| found.first().copied());
            address.ok_or_else(unresolved)?.to_string()
        }
        _ => server.address(),
    };
    let uri: Uri = format!("socks5://{address}/").parse().map_err(config)?;
    let mut tunnel = SocksV5::new(uri.clone(), Opened(Some(TokioIo::new(socket))));
    if let Some((user, password)) = proxy.socks_credentials() {
        tunnel = tunnel.with_auth(user.to_owned(), password.to_owned());
    }
    match tunnel.call(uri).await {
        Ok(socket) => Ok(socket.into_inner()),
        Err(error) => Err(refused(proxy, &error)),
    }
}

fn unresolved() -> TransportError {
    TransportError::new(TransportErrorKind::Connect(ConnectFailure::Dns)).with_source(
        "the name of the server does not resolve here; socks5h:// lets the proxy do it",
    )
}

/// Classifies a refusal by its text, because hyper-util does not export the type of refused credentials.
fn refused(proxy: &Proxy, error: &impl std::error::Error) -> TransportError {
    let text = error.to_string();
    let is_about_credentials = ["credentials not accepted", "does not support user/pass"]
        .iter()
        .any(|it| text.contains(it));
    let failure = match is_about_credentials {
        true => ConnectFailure::ProxyCredentials,
        false => ConnectFailure::Proxy,
    };
    let text = match (is_about_credentials, proxy.socks_credentials()) {
        (true, None) => "it requires a user name and a password".to_owned(),
        _ => text,
    };
    TransportError::new(TransportErrorKind::Connect(failure)).with_source(text)
}

/// A connector whose connection is open.
struct Opened(Option<TokioIo<Socket>>);

impl Service<Uri> for Opened {
    type Response = TokioIo<Socket>;
    type Error = io::Error;
    type Future = Ready<io::Result<TokioIo<Socket>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().ok_or(io::ErrorKind::NotConnected.into()))
    }
}
