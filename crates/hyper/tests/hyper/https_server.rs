//! An HTTPS server on loopback that counts its connections and keeps what it receives.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_test_support::task_server::TaskServer;
use gatelet_transport::{Sent, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::pki::Identity;

/// The bytes of HTTP/1.1 that reached a server.
type Received = Arc<Mutex<Vec<u8>>>;

pub(crate) struct HttpsServer {
    pub(crate) address: SocketAddr,
    received: Received,
    server: TaskServer,
}

impl HttpsServer {
    pub(crate) async fn start(identity: Identity, protocols: &[&str]) -> Self {
        let mut config = identity.server_config(None);
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        Self::start_with(config).await
    }

    pub(crate) async fn start_with(config: ServerConfig) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let received = Received::default();
        let log = received.clone();
        let server = TaskServer::start(move |stream, number| {
            serve(acceptor.clone(), stream, number, log.clone())
        })
        .await;
        Self {
            address: server.address,
            received,
            server,
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Returns what arrived over HTTP/1.1 so far.
    pub(crate) fn received(&self) -> String {
        String::from_utf8(self.received.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request<Bytes> {
        Request::builder()
            .method(method)
            .uri(format!("https://localhost:{}{path}", self.address.port()))
            .body(Bytes::from_static(b"{}"))
            .unwrap()
    }

    pub(crate) async fn is_refused_by(&self, client: &HyperTransport) -> TransportError {
        let before = self.received();
        let error = client.send(self.request("POST", "/")).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
        assert_eq!(error.sent(), Sent::Nothing);
        assert_eq!(self.received(), before);
        error
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, number: usize, received: Received) {
    match acceptor.accept(stream).into_fallible().await {
        Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
            serve_http2(stream, number).await;
        }
        Ok(stream) => serve_http1(stream, received).await,
        // A close with unread bytes would overtake the alert.
        Err((_, mut stream)) => while let Ok(1..) = stream.read(&mut [0; 4096]).await {},
    }
}

async fn serve_http1(mut stream: TlsStream<TcpStream>, received: Received) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        received.lock().unwrap().extend_from_slice(&buffer[..read]);
        if buffer[..read].ends_with(b"{}") {
            let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh1";
            stream.write_all(response).await.unwrap();
        }
    }
}

/// Responds to every request with the number of the connection.
async fn serve_http2(stream: TlsStream<TcpStream>, number: usize) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        assert!(!request.headers().contains_key("host"));
        assert!(matches!(
            request.uri().host(),
            Some("localhost" | "service.example")
        ));
        assert!(!request.headers().contains_key("proxy-authorization"));
        let mut body = respond.send_response(Response::new(()), false).unwrap();
        body.send_data(Bytes::from(format!("h2 {number}")), true)
            .unwrap();
    }
}
