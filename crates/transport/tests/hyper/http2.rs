//! HTTP/2, where the server chooses it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use gatelet_transport::{Sent, TooLarge, Transport, TransportErrorKind};
use http::Request;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::pki::{Authority, Identity};
use super::tls_server::TlsServer;

#[tokio::test]
async fn http2_is_spoken_where_the_server_chooses_it_and_its_connection_is_shared() {
    let authority = Authority::new();
    let server =
        TlsServer::start(authority.certify("localhost", |_| {}), &["h2", "http/1.1"]).await;
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
    let server = TlsServer::start(authority.certify("localhost", |_| {}), &["http/1.1"]).await;
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
    let server = TlsServer::start(authority.certify("localhost", |_| {}), &["h2"]).await;
    let client = authority.client();
    let refused = client
        .send(server.request("POST", "/refuse"))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), TransportErrorKind::Interrupted);
    assert_eq!(refused.sent(), Sent::Nothing);
    let reset = client
        .send(server.request("POST", "/reset"))
        .await
        .unwrap_err();
    assert_eq!(reset.kind(), TransportErrorKind::Interrupted);
    assert_eq!(reset.sent(), Sent::Whole);
    assert_eq!(
        client
            .send(server.request("POST", "/"))
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn t19_a_head_over_http2_ends_at_its_limit() {
    const LIMIT: usize = 20_000;

    let authority = Authority::new();
    let server = TlsServer::start(authority.certify("localhost", |_| {}), &["h2"]).await;
    let client = authority.builder().max_head_size(LIMIT).build();
    let send = async |size: usize| {
        let request = server.request("POST", &format!("/head/{size}"));
        client.send(request).await
    };
    assert_eq!(send(LIMIT - 100).await.unwrap().status(), 200);
    let error = send(LIMIT).await.unwrap_err();
    let too_large = TransportErrorKind::TooLarge {
        what: TooLarge::Head,
        limit: LIMIT as u64,
    };
    assert_eq!(error.kind(), too_large);
    let error = send(10 * LIMIT).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Protocol);
    assert_eq!(send(1).await.unwrap().status(), 200);
}

/// A server that reads one request and sends a `GOAWAY` whose last stream is this one, and then closes.
async fn says_go_away(identity: &Identity, last: u32) -> SocketAddr {
    let mut config = identity.server_config(None);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        stream.write_all(&frame(SETTINGS, &[])).await.unwrap();
        stream.read_exact(&mut [0; 24]).await.unwrap(); // the preface
        while read_frame(&mut stream).await != HEADERS {}
        let go_away = [last.to_be_bytes(), [0; 4]].concat();
        stream.write_all(&frame(GOAWAY, &go_away)).await.unwrap();
        stream.shutdown().await.unwrap();
        while let Ok(1..) = stream.read(&mut [0; 1024]).await {}
    });
    address
}

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

/// A frame on stream 0 without flags (RFC 9113 section 4.1).
fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, 0, 0, 0, 0, 0], payload].concat()
}

/// Reads a frame, and says of which kind it was.
async fn read_frame(stream: &mut (impl AsyncRead + Unpin)) -> u8 {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).await.unwrap();
    head[3]
}

#[tokio::test]
async fn t64_a_go_away_says_which_requests_were_not_processed() {
    let authority = Authority::new();
    let identity = authority.certify("127.0.0.1", |_| {});
    for (last, sent) in [(0, Sent::Nothing), (1, Sent::Whole)] {
        let address = says_go_away(&identity, last).await;
        let request = Request::post(format!("https://{address}/"))
            .body(Bytes::from_static(b"{}"))
            .unwrap();
        let error = authority.client().send(request).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Interrupted);
        assert_eq!(error.sent(), sent, "{last}: {error:?}");
    }
}
