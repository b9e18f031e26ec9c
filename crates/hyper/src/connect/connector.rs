//! Opens a byte stream to an origin: through a proxy and TLS where needed.

use crate::connect::base_stream::BaseStream;
use crate::connect::dial::dial;
use crate::connect::proxy::address::{Protocol, Proxy};
use crate::connect::proxy::proxy::Proxies;
#[cfg(feature = "socks")]
use crate::connect::proxy::socks;
#[cfg(feature = "_tls")]
use crate::connect::proxy::tunnel;
#[cfg(feature = "_tls")]
use crate::connect::tls::tls::Tls;
#[cfg(not(feature = "_tls"))]
use crate::error::config;
use crate::io::socket::{Socket, SocketProbe};
use crate::origin::Origin;
use gatelet_transport::TransportError;
#[cfg(feature = "_tls")]
use tokio_rustls::client::TlsStream;

/// Opens streams, and selects the proxy of each origin.
pub(crate) struct Connector {
    pub(crate) proxies: Proxies,
    #[cfg(feature = "_tls")]
    pub(crate) tls: Tls,
}

/// A byte stream to an origin, on which HTTP can begin.
pub(crate) enum Stream {
    Plain(BaseStream),
    #[cfg(feature = "_tls")]
    Tls(Box<TlsStream<BaseStream>>),
}

impl Connector {
    /// Resolves the name, connects, and shakes hands with proxy and server.
    pub(crate) async fn connect(
        &self,
        origin: &Origin,
    ) -> Result<(Stream, SocketProbe), TransportError> {
        #[cfg(not(feature = "_tls"))]
        if origin.is_https() {
            return Err(config(
                "this build has no TLS: enable the feature `ring` or `aws-lc-rs`",
            ));
        }
        let proxy = self.proxies.for_origin(origin);
        let socket = Socket::new(dial(proxy.map_or(origin, Proxy::origin)).await?);
        let probe = socket.probe();
        let stream = match proxy {
            Some(proxy) => self.reach(proxy, origin, socket).await?,
            None => BaseStream::Tcp(socket),
        };
        #[cfg(feature = "_tls")]
        if origin.is_https() {
            let stream = self.tls.handshake(origin, stream).await?;
            return Ok((Stream::Tls(Box::new(stream)), probe));
        }
        Ok((Stream::Plain(stream), probe))
    }

    /// Returns a stream to the server, or to a proxy that forwards requests to it.
    async fn reach(
        &self,
        proxy: &Proxy,
        server: &Origin,
        socket: Socket,
    ) -> Result<BaseStream, TransportError> {
        let stream = match proxy.protocol() {
            Protocol::Http => BaseStream::Tcp(socket),
            #[cfg(feature = "_tls")]
            Protocol::Https => {
                let stream = self.tls.handshake_with_proxy(proxy.origin(), socket);
                BaseStream::Tls(Box::new(stream.await?))
            }
            #[cfg(feature = "socks")]
            Protocol::Socks5 | Protocol::Socks5h => {
                return Ok(BaseStream::Tcp(
                    socks::connect(socket, proxy, server).await?,
                ));
            }
        };
        #[cfg(feature = "_tls")]
        if server.is_https() {
            return tunnel::connect(stream, proxy, server).await;
        }
        let _ = server;
        Ok(stream)
    }

    /// Returns the proxy that forwards requests to this origin. A proxy that tunnels them does not see them.
    pub(crate) fn forward_proxy(&self, origin: &Origin) -> Option<&Proxy> {
        let proxy = self.proxies.for_origin(origin);
        proxy.filter(|proxy| !origin.is_https() && proxy.forwards())
    }
}
