//! Whom `HyperTransport` trusts, and HTTP/2 where the server chooses it.

#![cfg(feature = "ring")]
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed assumption fails the test.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use gatelet_transport::{HyperTransport, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A private authority and the certificates it gives out.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A client that trusts this authority.
    fn client(&self) -> HyperTransport {
        HyperTransport::builder()
            .add_root_certificates_pem(self.0.pem().as_bytes())
            .unwrap()
            .build()
    }

    /// A certificate for these names, changed as the test wants it.
    fn certify(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity {
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

struct Identity {
    certificate: rustls::pki_types::CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

/// A TLS server on loopback that counts its connections and the bytes of HTTP that reach it.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
    _task: tokio::task::JoinSet<()>,
}

impl Server {
    async fn start(identity: Identity, protocols: &[&str]) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![identity.certificate], identity.key)
            .unwrap();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
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
                let Ok(stream) = acceptor.accept(stream).await else {
                    continue;
                };
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    tokio::spawn(serve_http2(stream, number));
                } else {
                    tokio::spawn(serve_http1(stream, counters.1.clone()));
                }
            }
        });
        Self {
            address,
            connections,
            bytes,
            _task: task,
        }
    }

    fn request(&self, method: &str, path: &str) -> Request<Bytes> {
        Request::builder()
            .method(method)
            .uri(format!("https://localhost:{}{path}", self.address.port()))
            .body(Bytes::from_static(b"{}"))
            .unwrap()
    }

    async fn is_refused_by(&self, client: &HyperTransport) -> TransportError {
        let error = client.send(self.request("POST", "/")).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
        assert!(!error.was_sent());
        assert_eq!(self.bytes.load(Ordering::SeqCst), 0);
        error
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

#[tokio::test]
async fn t5_an_unknown_authority_is_refused_before_a_byte_of_http() {
    let server = Server::start(Authority::new().certify("localhost", |_| {}), &[]).await;
    let error = server.is_refused_by(&HyperTransport::new()).await;
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("certificate"), "{cause}");
    server.is_refused_by(&Authority::new().client()).await;
}

#[tokio::test]
async fn t5_an_added_root_is_trusted() {
    let authority = Authority::new();
    let server = Server::start(authority.certify("localhost", |_| {}), &[]).await;
    let client = authority.client();
    for _ in 0..2 {
        let response = client.send(server.request("POST", "/")).await.unwrap();
        assert_eq!(response.body(), "h1");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    let der = authority.0.der().to_vec();
    let client = HyperTransport::builder()
        .add_root_certificate_der(der)
        .unwrap()
        .build();
    assert!(client.send(server.request("POST", "/")).await.is_ok());
}

#[tokio::test]
async fn t5_a_wrong_host_an_old_or_a_self_signed_certificate_is_refused() {
    let authority = Authority::new();
    let wrong_host = authority.certify("example.com", |_| {});
    let expired = authority.certify("localhost", |params| {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let early = authority.certify("localhost", |params| {
        params.not_before = rcgen::date_time_ymd(2100, 1, 1);
    });
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let self_signed = Identity {
        certificate: params.self_signed(&key).unwrap().der().clone(),
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    };
    for identity in [wrong_host, expired, early, self_signed] {
        let server = Server::start(identity, &[]).await;
        server.is_refused_by(&authority.client()).await;
    }
}

#[tokio::test]
async fn t5_a_server_that_speaks_no_tls_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
    });
    let request = Request::get(format!("https://{address}/"))
        .body(Bytes::new())
        .unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    assert!(!error.was_sent());
}

#[tokio::test]
async fn a_handshake_that_the_peer_drops_is_a_failed_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
    let request = Request::get(format!("https://{address}/"))
        .body(Bytes::new())
        .unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert!(matches!(error.kind(), TransportErrorKind::Connect(_)));
    assert!(!error.was_sent());
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_chooses_it_and_its_connection_is_shared() {
    let authority = Authority::new();
    let server = Server::start(authority.certify("localhost", |_| {}), &["h2", "http/1.1"]).await;
    let client = authority.client();
    let first = client.send(server.request("POST", "/")).await.unwrap();
    assert_eq!(first.body(), "h2 0");
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (client, request) = (client.clone(), server.request("POST", "/"));
        calls.spawn(async move { client.send(request).await.unwrap() });
    }
    while let Some(response) = calls.join_next().await {
        assert_eq!(response.unwrap().body(), "h2 0");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn http1_is_spoken_where_the_server_chooses_it() {
    let authority = Authority::new();
    let server = Server::start(authority.certify("localhost", |_| {}), &["http/1.1"]).await;
    let response = authority
        .client()
        .send(server.request("POST", "/"))
        .await
        .unwrap();
    assert_eq!(response.body(), "h1");
}

#[tokio::test]
async fn t64_a_refused_stream_was_not_sent() {
    let authority = Authority::new();
    let server = Server::start(authority.certify("localhost", |_| {}), &["h2"]).await;
    let client = authority.client();
    let refused = client
        .send(server.request("POST", "/refuse"))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), TransportErrorKind::Interrupted);
    assert!(!refused.was_sent());
    let reset = client
        .send(server.request("POST", "/reset"))
        .await
        .unwrap_err();
    assert_eq!(reset.kind(), TransportErrorKind::Interrupted);
    assert!(reset.was_sent());
    assert_eq!(
        client
            .send(server.request("POST", "/"))
            .await
            .unwrap()
            .status(),
        200
    );
}
