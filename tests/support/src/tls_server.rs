//! A server that terminates TLS and forwards the bytes to a plain server.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use rustls::ServerConfig;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// A TLS server on loopback, in a thread that ends with the test's process.
#[derive(Debug)]
#[non_exhaustive]
pub struct TlsServer {
    /// The address at which it listens.
    pub address: SocketAddr,
}

impl TlsServer {
    /// Starts a TLS server with this configuration in front of a plain server.
    #[must_use]
    pub fn in_front_of(server: SocketAddr, config: ServerConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build()
                .unwrap()
                .block_on(accept(listener, server, acceptor));
        });
        Self { address }
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, acceptor: TlsAcceptor) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // The handshake fails if the client rejects the certificate.
            if let Ok(mut client) = acceptor.accept(client).await {
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}
