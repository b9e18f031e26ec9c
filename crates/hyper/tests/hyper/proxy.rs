//! Proxies.

use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::{HyperTransport, HyperTransportBuilder, Proxies};
use gatelet_transport::{CallTimeouts, ConnectFailure, Sent, Transport, TransportErrorKind};
use http::Request;

use super::calls::{channel_to, create};
use super::script::{ServerStep, ok, send};
use super::test_server::{CANARY, TestServer, error_text};

/// The credentials of the proxy, in a URL and in a header. Neither may reach a server or an error.
pub(crate) const USER: &str = "gate:c4n4ry";
pub(crate) const BASIC: &str = "Basic Z2F0ZTpjNG40cnk=";

pub(crate) fn through(proxy: &TestServer, user: &str) -> HyperTransportBuilder {
    let url = format!("http://{user}@{}", proxy.address());
    let proxies = Proxies::default().http(&url).unwrap().https(&url).unwrap();
    HyperTransport::builder().proxies(proxies)
}

pub(crate) fn post(url: &str) -> Request<Bytes> {
    Request::post(url)
        .header("authorization", format!("Bearer {CANARY}"))
        .body(Bytes::from_static(b"{}"))
        .unwrap()
}

#[tokio::test]
async fn a_request_to_an_http_url_is_forwarded_by_the_proxy() {
    let proxy = TestServer::plays([vec![
        ServerStep::Read,
        ok("1"),
        ServerStep::Read,
        ok("2"),
        ServerStep::KeepOpen,
    ]]);
    let transport = through(&proxy, USER).build();
    for body in ["1", "2"] {
        let response = transport
            .send(post("http://service.example:8080/v1/a?b=c"))
            .await;
        assert_eq!(response.unwrap().body(), body);
    }
    for request in proxy.finish().await {
        let mut lines = request.lines();
        let line = lines.next().unwrap();
        assert_eq!(line, "POST http://service.example:8080/v1/a?b=c HTTP/1.1");
        assert!(request.contains("host: service.example:8080\r\n"));
        assert!(request.contains(&format!("proxy-authorization: {BASIC}\r\n")));
    }
}

// T70
#[tokio::test]
async fn a_server_without_a_proxy_gets_no_proxy_credentials() {
    let proxy = TestServer::plays([]);
    let server = TestServer::plays([vec![ServerStep::Read, ok("direct"), ServerStep::KeepOpen]]);
    let mut request = server.post();
    let basic = http::HeaderValue::from_static(BASIC);
    request.headers_mut().insert("proxy-authorization", basic);
    let transport = through(&proxy, USER).build();
    assert_eq!(transport.send(request).await.unwrap().body(), "direct");
    assert!(!server.finish().await[0].contains("proxy-authorization"));
    proxy.finish().await;
}

// T70
#[tokio::test]
async fn a_407_of_a_forward_proxy_is_a_typed_error() {
    asks_for_credentials("http://service.example/").await;
}

/// Checks that a request to this address fails with a typed error after a 407 of the proxy, whatever its body.
pub(crate) async fn asks_for_credentials(url: &str) {
    let head = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                proxy-authenticate: Basic realm=\"c4n4ry\"\r\n";
    for rest in [
        "content-length: 0\r\n\r\n",
        "content-length: 5\r\n\r\nhello",
        "content-length: 99999999999\r\n\r\nhello",
        "content-encoding: gzip\r\ntransfer-encoding: gzip, chunked\r\n\r\nhello",
    ] {
        let response = send(&format!("{head}{rest}"));
        is_asked_for_credentials(
            url,
            vec![ServerStep::Read, response, ServerStep::ClientCloses],
        )
        .await;
    }
    // A truncated head contains the status.
    is_asked_for_credentials(url, vec![ServerStep::Read, send(head), ServerStep::Close]).await;
}

async fn is_asked_for_credentials(url: &str, script: Vec<ServerStep>) {
    let proxy = TestServer::plays([script]);
    let error = through(&proxy, USER)
        .build()
        .send(post(url))
        .await
        .unwrap_err();
    let expected = TransportErrorKind::Connect(ConnectFailure::ProxyCredentials);
    assert_eq!(error.kind(), expected, "{error:?}");
    assert_eq!(error.sent(), Sent::Nothing);
    assert_eq!(error.status().unwrap(), 407);
    error_text(&error);
    proxy.finish().await;
}

// U1
#[tokio::test]
async fn a_proxy_password_that_the_proxy_repeats_is_not_shown() {
    let host = "location: https://c4n4ry-of-the-proxy.example/\r\n";
    let kind = "content-type: text/c4n4ry-of-the-proxy\r\n";
    let whole = "content-length: 23\r\n\r\nno c4n4ry-of-the-proxy!";
    // The error for a truncated body contains the head.
    let cut = "content-length: 99\r\n\r\nno c4n4ry";
    // The error for a truncated or malformed head contains its fields.
    let (half, malformed) = ("server: a", "no colon\r\n\r\n");
    for head in [
        format!("307 X\r\n{host}"),
        format!("502 X\r\n{kind}"),
        format!("400 X\r\n{kind}"),
    ] {
        for (body, end, limit) in [
            (whole, ServerStep::Close, 60_000),
            (cut, ServerStep::Close, 60_000),
            (half, ServerStep::Close, 60_000),
            (malformed, ServerStep::Close, 60_000),
            (half, ServerStep::ClientCloses, 300),
        ] {
            let response = send(&format!("HTTP/1.1 {head}{body}"));
            let proxy = TestServer::plays([vec![ServerStep::Read, response, end]]);
            let transport = through(&proxy, "gate:c4n4ry-of-the-proxy").build();
            let timeouts = CallTimeouts::default().total(Duration::from_millis(limit));
            let channel = channel_to("http://service.example", &transport, timeouts);
            let error = channel.call(create(Bytes::new())).await.unwrap_err();
            let body = String::from_utf8_lossy(error.body());
            let texts = format!("{error} {error:?} {body}");
            assert!(!texts.contains("c4n4ry"), "{texts}");
            proxy.finish().await;
        }
    }
}

#[tokio::test]
async fn the_error_for_an_unreachable_proxy_names_it() {
    let proxy = TestServer::plays([]);
    let transport = through(&proxy, USER).build();
    let address = proxy.address();
    proxy.finish().await;
    let error = transport
        .send(post("http://service.example/"))
        .await
        .unwrap_err();
    let refused = TransportErrorKind::Connect(ConnectFailure::Refused);
    assert_eq!(error.kind(), refused);
    let port = format!("port {}", address.port());
    assert!(error_text(&error).contains(&port));
}

/// The address of the proxy, for the process below.
const PROXY: &str = "GATELET_TEST_PROXY";

// T70
#[tokio::test]
async fn environment_variables_are_ignored_by_default() {
    let proxy = TestServer::plays([vec![ServerStep::Read, ok("by proxy"), ServerStep::Close]]);
    let address = format!("http://{}", proxy.address());
    let mut part = Command::new(std::env::current_exe().unwrap());
    part.args(["--exact", "proxy::a_process_with_proxy_variables"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", PROXY] {
        part.env(name, &address);
    }
    part.env_remove("no_proxy").env_remove("NO_PROXY");
    let output = tokio::task::spawn_blocking(move || part.output().unwrap())
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    assert_eq!(proxy.finish().await.len(), 1);
}

/// Runs in a process started by the test above; alone it does nothing.
// T70
#[tokio::test]
async fn a_process_with_proxy_variables() {
    if std::env::var(PROXY).is_err() {
        return;
    }
    // A name that does not resolve, so only a proxy can reach it.
    let request = || post("http://service.invalid/");
    let builder = HyperTransport::builder().connect_timeout(Duration::from_secs(10));
    let ignoring = builder.clone().build().send(request()).await.unwrap_err();
    assert_eq!(ignoring.sent(), Sent::Nothing);
    let following = builder.proxy_from_environment().unwrap().build();
    let response = following.send(request()).await.unwrap();
    assert_eq!(response.body(), "by proxy");
}
