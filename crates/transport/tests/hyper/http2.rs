//! HTTP/2, where the server chooses it.

use std::sync::atomic::Ordering;

use gatelet_transport::{TooLarge, Transport, TransportErrorKind};

use super::pki::Authority;
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
