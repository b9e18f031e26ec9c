//! Opens a byte stream to an origin: through a proxy and TLS where needed.

use crate::connect::dial::dial;
use crate::connect::proxy::proxy::{Proxies, Proxy};
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
    Plain(Socket),
    #[cfg(feature = "_tls")]
    Tls(Box<TlsStream<Socket>>),
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
        #[cfg(feature = "_tls")]
        if origin.is_https() {
            let socket = match proxy {
                Some(proxy) => tunnel::connect(socket, proxy, origin).await?,
                None => socket,
            };
            let stream = self.tls.handshake(origin, socket).await?;
            return Ok((Stream::Tls(Box::new(stream)), probe));
        }
        Ok((Stream::Plain(socket), probe))
    }

    /// Returns the proxy that forwards requests to this origin. A proxy that tunnels them does not see them.
    pub(crate) fn forward_proxy(&self, origin: &Origin) -> Option<&Proxy> {
        let proxy = self.proxies.for_origin(origin);
        proxy.filter(|_| !origin.is_https())
    }
}
