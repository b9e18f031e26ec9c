//! The contract suite, and what it leaves to each transport: TLS, and the URLs that reqwest would change.

use std::error::Error as _;

use bytes::Bytes;
use gatelet_reqwest::ReqwestTransport;
use gatelet_transport::testing::contract;
use gatelet_transport::{ConnectFailure, Sent, Transport as _, TransportError, TransportErrorKind};
use http::Request;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const LIMIT: u64 = 64 * 1024;

fn transport() -> ReqwestTransport {
    ReqwestTransport::new().unwrap().body_limit(LIMIT)
}

#[tokio::test]
async fn the_transport_passes_the_contract() {
    contract::check_over_loopback(LIMIT, transport).await;
}

async fn failure(uri: &str) -> TransportError {
    let request = Request::get(uri).body(Bytes::new()).unwrap();
    transport().send(request).await.unwrap_err()
}

#[tokio::test]
async fn a_server_without_tls_receives_nothing() {
    // An example depends on published crates only, so it has a listener of its own.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 \r\n\r\n").await.unwrap();
        let mut received = Vec::new();
        let _closed = stream.read_to_end(&mut received).await;
        received
    });
    let error = failure(&format!("https://{address}/secret")).await;
    assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
    assert_eq!(error.sent(), Sent::Nothing);
    let received = server.await.unwrap();
    assert!(!received.windows(6).any(|window| window == b"secret"));
}

#[tokio::test]
async fn a_refused_connection_does_not_show_the_query() {
    let error = failure("http://127.0.0.1:1/?secret").await;
    let refused = TransportErrorKind::Connect(ConnectFailure::Refused);
    assert_eq!(error.kind(), refused, "{error:?}");
    let source = error.source().unwrap().to_string();
    assert!(!format!("{error} {source} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_url_that_reqwest_would_change_is_not_sent() {
    for path in ["/a/../b", "/a/%2e%2E/b", "/a?b='c'"] {
        let error = failure(&format!("http://127.0.0.1:1{path}")).await;
        let kind = error.kind();
        assert_eq!(
            (kind, error.sent()),
            (TransportErrorKind::Config, Sent::Nothing),
            "{path}"
        );
    }
}
