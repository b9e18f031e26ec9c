//! The server's side of a connection: HTTP/1.1 in the clear, HTTP/1.1 over TLS, and HTTP/2.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    /// Makes dropping the stream reset the connection.
    fn reset(&self);
}

impl Stream for TcpStream {
    fn reset(&self) {
        self.set_zero_linger().unwrap();
    }
}

#[cfg(feature = "_tls")]
impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset(&self) {
        self.get_ref().0.reset();
    }
}

/// The protocol of a server.
#[derive(Clone)]
pub(crate) enum ServerProtocol {
    Plain,
    #[cfg(feature = "_tls")]
    Tls(tokio_rustls::TlsAcceptor),
    #[cfg(feature = "_tls")]
    Http2(tokio_rustls::TlsAcceptor),
}

impl ServerProtocol {
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Plain => "http",
            #[cfg(feature = "_tls")]
            Self::Tls(_) | Self::Http2(_) => "https",
        }
    }

    pub(crate) fn is_http2(&self) -> bool {
        match self {
            Self::Plain => false,
            #[cfg(feature = "_tls")]
            Self::Tls(_) => false,
            #[cfg(feature = "_tls")]
            Self::Http2(_) => true,
        }
    }

    pub(crate) async fn open(&self, stream: TcpStream) -> Box<dyn Stream> {
        // A script's bytes must be sent before its next step.
        stream.set_nodelay(true).unwrap();
        match self {
            Self::Plain => Box::new(stream),
            #[cfg(feature = "_tls")]
            Self::Tls(acceptor) | Self::Http2(acceptor) => {
                Box::new(acceptor.accept(stream).await.unwrap())
            }
        }
    }
}

/// Returns the protocols of this build.
pub(crate) fn protocols() -> Vec<ServerProtocol> {
    vec![
        ServerProtocol::Plain,
        #[cfg(feature = "_tls")]
        ServerProtocol::Tls(tls::acceptor("http/1.1")),
        #[cfg(feature = "_tls")]
        ServerProtocol::Http2(tls::acceptor("h2")),
    ]
}

#[cfg(feature = "_tls")]
pub(crate) mod tls {
    use std::sync::{Arc, LazyLock};

    use rustls::ServerConfig;
    use tokio_rustls::TlsAcceptor;

    use crate::pki::Authority;

    /// One for all tests, because keys take time.
    pub(crate) static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

    static CONFIG: LazyLock<ServerConfig> =
        LazyLock::new(|| AUTHORITY.certify("127.0.0.1", |_| {}).server_config(None));

    /// Returns an acceptor that chooses this protocol.
    pub(crate) fn acceptor(protocol: &str) -> TlsAcceptor {
        let mut config = CONFIG.clone();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}
