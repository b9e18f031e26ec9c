//! The way through proxies.

use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use gatelet_transport::{
    ConnectFailure, HyperTransport, HyperTransportBuilder, Phase, Proxies, Transport,
    TransportErrorKind,
};
use http::Request;

use super::wire::{CANARY, Step, Wire, ok, send, words};

/// The credentials of the proxy, as a URL and as a header have them. Neither may ever be seen by a server or in an error.
const USER: &str = "gate:c4n4ry";
const BASIC: &str = "Basic Z2F0ZTpjNG40cnk=";

fn through(proxy: &Wire, user: &str) -> HyperTransportBuilder {
    let url = format!("http://{user}@{}", proxy.address());
    let proxies = Proxies::default().http(&url).unwrap().https(&url).unwrap();
    HyperTransport::builder().proxies(proxies)
}

fn post(url: &str) -> Request<Bytes> {
    Request::post(url)
        .header("authorization", format!("Bearer {CANARY}"))
        .body(Bytes::from_static(b"{}"))
        .unwrap()
}

#[tokio::test]
async fn a_request_at_http_is_passed_on_by_the_proxy() {
    let proxy = Wire::plays([vec![Step::Read, ok("1"), Step::Read, ok("2"), Step::Stay]]);
    let transport = through(&proxy, USER).build();
    for body in ["1", "2"] {
        let answer = transport
            .send(post("http://service.example:8080/v1/a?b=c"))
            .await;
        assert_eq!(answer.unwrap().body(), body);
    }
    for request in proxy.finish().await {
        let mut lines = request.lines();
        let line = lines.next().unwrap();
        assert_eq!(line, "POST http://service.example:8080/v1/a?b=c HTTP/1.1");
        assert!(request.contains("host: service.example:8080\r\n"));
        assert!(request.contains(&format!("proxy-authorization: {BASIC}\r\n")));
    }
}

#[tokio::test]
async fn t70_a_server_that_needs_no_proxy_is_told_nothing_of_one() {
    let proxy = Wire::plays([]);
    let server = Wire::plays([vec![Step::Read, ok("direct"), Step::Stay]]);
    let mut request = server.post();
    let basic = http::HeaderValue::from_static(BASIC);
    request.headers_mut().insert("proxy-authorization", basic);
    let transport = through(&proxy, USER).build();
    assert_eq!(transport.send(request).await.unwrap().body(), "direct");
    assert!(!server.finish().await[0].contains("proxy-authorization"));
    proxy.finish().await;
}

#[tokio::test]
async fn t70_a_proxy_that_asks_for_credentials_is_a_typed_error() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                  proxy-authenticate: Basic realm=\"c4n4ry\"\r\ncontent-length: 0\r\n\r\n";
    for url in ["http://service.example/", "https://service.example/"] {
        let proxy = Wire::plays([vec![Step::Read, send(answer), Step::ClientCloses]]);
        let error = through(&proxy, USER)
            .build()
            .send(post(url))
            .await
            .unwrap_err();
        let expected = TransportErrorKind::Connect(ConnectFailure::ProxyCredentials);
        assert_eq!(error.kind(), expected);
        assert!(!error.was_sent());
        words(&error);
        proxy.finish().await;
    }
}

#[tokio::test]
async fn t71_a_proxy_that_answers_connect_with_something_else_gets_no_credentials() {
    let flooded = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1024 * 1024));
    let redirect = "HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\n\r\n";
    for script in [
        vec![Step::Read, send(&flooded), Step::ClientCloses],
        vec![Step::Read, send(redirect), Step::ClientCloses],
        vec![
            Step::Read,
            send("HTTP/1.1 502 \r\n\r\n"),
            Step::ClientCloses,
        ],
        vec![
            Step::Read,
            send("SSH-2.0-OpenSSH\r\n\r\n"),
            Step::ClientCloses,
        ],
        vec![
            Step::Read,
            send("HTTP/1.1 200 OK\r\n"),
            Step::Flood(b"a: b\r\n".to_vec()),
        ],
        vec![Step::Read, send("HTTP/1.1 200"), Step::Close],
        vec![Step::Read, Step::Reset],
        vec![Step::Close],
    ] {
        let proxy = Wire::plays([script]);
        let error = through(&proxy, USER)
            .build()
            .send(post("https://service.example/v1/a"))
            .await
            .unwrap_err();
        let expected = TransportErrorKind::Connect(ConnectFailure::Proxy);
        assert_eq!(error.kind(), expected, "{error:?}");
        assert!(!error.was_sent());
        words(&error);
        for request in proxy.finish().await {
            let expected = format!(
                "CONNECT service.example:443 HTTP/1.1\r\nHost: service.example:443\r\n\
                 Proxy-Authorization: {BASIC}\r\n\r\n"
            );
            assert_eq!(request, expected);
        }
    }
}

#[tokio::test]
async fn a_proxy_that_says_nothing_is_a_connect_timeout() {
    let proxy = Wire::plays([vec![Step::Read, Step::ClientCloses]]);
    let error = through(&proxy, USER)
        .connect_timeout(super::SHORT)
        .build()
        .send(post("https://service.example/"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Connect));
    assert!(!error.was_sent());
    proxy.finish().await;
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let proxy = Wire::plays([]);
    let transport = through(&proxy, USER).build();
    let address = proxy.address();
    proxy.finish().await;
    let error = transport
        .send(post("https://service.example/"))
        .await
        .unwrap_err();
    let refused = TransportErrorKind::Connect(ConnectFailure::Refused);
    assert_eq!(error.kind(), refused);
    let port = format!("port {}", address.port());
    assert!(words(&error).contains(&port));
}

/// Tells the part of the test below that runs with variables of its own where the proxy listens.
const PROXY: &str = "GATELET_TEST_PROXY";

#[tokio::test]
async fn t70_variables_of_the_environment_are_ignored_unless_turned_on() {
    let proxy = Wire::plays([vec![Step::Read, ok("by proxy"), Step::Close]]);
    let address = format!("http://{}", proxy.address());
    let mut part = Command::new(std::env::current_exe().unwrap());
    part.args(["--exact", "proxy::t70_a_process_with_variables_of_a_proxy"]);
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

/// The part of the test above that runs in a process of its own; by itself it has nothing to do.
#[tokio::test]
async fn t70_a_process_with_variables_of_a_proxy() {
    if std::env::var(PROXY).is_err() {
        return;
    }
    // A name that nobody has: only a proxy can answer for it.
    let request = || post("http://service.invalid/");
    let builder = HyperTransport::builder().connect_timeout(Duration::from_secs(10));
    let ignoring = builder.clone().build().send(request()).await.unwrap_err();
    assert!(!ignoring.was_sent());
    let following = builder.proxy_from_environment().unwrap().build();
    let answer = following.send(request()).await.unwrap();
    assert_eq!(answer.body(), "by proxy");
}
