//! A TLS server on loopback that counts its connections and the bytes of HTTP that reach it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use gatelet_transport::{HyperTransport, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::pki::Identity;

pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
    pub(crate) connections: Arc<AtomicUsize>,
    pub(crate) bytes: Arc<AtomicUsize>,
    _task: tokio::task::JoinSet<()>,
}

impl TlsServer {
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
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, bytes) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut task = tokio::task::JoinSet::new();
        let counters = (connections.clone(), bytes.clone());
        task.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = counters.0.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(acceptor.clone(), stream, number, counters.1.clone()));
            }
        });
        Self {
            address,
            connections,
            bytes,
            _task: task,
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request<Bytes> {
        Request::builder()
            .method(method)
            .uri(format!("https://localhost:{}{path}", self.address.port()))
            .body(Bytes::from_static(b"{}"))
            .unwrap()
    }

    pub(crate) async fn is_refused_by(&self, client: &HyperTransport) -> TransportError {
        let before = self.bytes.load(Ordering::SeqCst);
        let error = client.send(self.request("POST", "/")).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
        assert!(!error.was_sent());
        assert_eq!(self.bytes.load(Ordering::SeqCst), before);
        error
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, number: usize, bytes: Arc<AtomicUsize>) {
    match acceptor.accept(stream).into_fallible().await {
        Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
            serve_http2(stream, number).await;
        }
        Ok(stream) => serve_http1(stream, bytes).await,
        // The alert is on its way; a close with unread bytes would overtake it.
        Err((_, mut stream)) => while let Ok(1..) = stream.read(&mut [0; 4096]).await {},
    }
}

async fn serve_http1(mut stream: TlsStream<TcpStream>, bytes: Arc<AtomicUsize>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        bytes.fetch_add(read, Ordering::SeqCst);
        if buffer[..read].ends_with(b"{}") {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh1";
            stream.write_all(answer).await.unwrap();
        }
    }
}

/// `/refuse` refuses the stream once, `/reset` resets it, everything else is answered with the number of the connection.
async fn serve_http2(stream: TlsStream<TcpStream>, number: usize) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        match request.uri().path() {
            "/refuse" => respond.send_reset(h2::Reason::REFUSED_STREAM),
            "/reset" => respond.send_reset(h2::Reason::INTERNAL_ERROR),
            _ => {
                assert!(!request.headers().contains_key("host"));
                assert_eq!(request.uri().host(), Some("localhost"));
                let mut body = respond.send_response(Response::new(()), false).unwrap();
                body.send_data(Bytes::from(format!("h2 {number}")), true)
                    .unwrap();
            }
        }
    }
}
