//! Tunnels through a proxy to a TLS server.

use std::time::Duration;

use bytes::Bytes;
use gatelet_hyper::{HyperTransport, Proxies, TokioClock};
use gatelet_test_support::proxy::Proxy;
use gatelet_test_support::task_server::TaskServer;
use gatelet_transport::{
    Applied, BaseUrl, Channel, ConnectFailure, ErrorKind, Phase, RetryPolicy, Sent, Transport,
    TransportErrorKind,
};
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::https_server::HttpsServer;
use super::pki::{Authority, Trusted};
use super::proxy::{BASIC, USER, asks_for_credentials, through};
use super::script::{ServerStep, flood, send};
use super::test_server::{CANARY, TestServer, error_text};

fn through_tunnel(authority: &Authority, proxy: &Proxy) -> HyperTransport {
    let url = proxy.url(&format!("gate:{CANARY}"));
    let proxies = Proxies::default().https(&url).unwrap();
    authority.builder().proxies(proxies).build()
}

fn post(path: &str) -> Request<Bytes> {
    Request::post(format!("https://service.example:8443{path}"))
        .header("authorization", format!("Bearer {CANARY}"))
        .header("proxy-authorization", "by mistake")
        .body(Bytes::from_static(b"{}"))
        .unwrap()
}

// T70
#[tokio::test]
async fn proxy_and_server_credentials_do_not_mix_in_a_tunnel() {
    let authority = Authority::new();
    let server = HttpsServer::start(authority.certify("service.example", |_| {}), &[]).await;
    let proxy = Proxy::to(server.address);
    let transport = through_tunnel(&authority, &proxy);
    assert!(!format!("{transport:?}").contains(CANARY));
    for _ in 0..2 {
        let response = transport.send(post("/v1/a")).await.unwrap();
        assert_eq!(response.body(), "h1");
    }
    assert_eq!(
        proxy.heads(),
        [
            "CONNECT service.example:8443 HTTP/1.1\r\nHost: service.example:8443\r\n\
          Proxy-Authorization: Basic Z2F0ZTpjNG40cnk=\r\n\r\n"
        ]
    );
    let received = server.received();
    assert!(
        received.starts_with("POST /v1/a HTTP/1.1\r\n"),
        "{received}"
    );
    assert!(received.contains(&format!("authorization: Bearer {CANARY}\r\n")));
    assert!(!received.to_lowercase().contains("proxy-") && !received.contains("Z2F0ZTpj"));
}

#[tokio::test]
async fn http2_works_through_a_tunnel() {
    let authority = Authority::new();
    let identity = authority.certify("service.example", |_| {});
    let server = HttpsServer::start(identity, &["h2"]).await;
    let proxy = Proxy::to(server.address);
    let transport = through_tunnel(&authority, &proxy);
    for _ in 0..2 {
        let response = transport.send(post("/v1/a")).await.unwrap();
        assert_eq!(response.body(), "h2 0");
    }
    assert_eq!(proxy.heads().len(), 1);
}

// T71
#[tokio::test]
async fn a_proxy_that_impersonates_the_server_is_refused() {
    let (authority, proxys_own) = (Authority::new(), Authority::new());
    let server = HttpsServer::start(proxys_own.certify("service.example", |_| {}), &[]).await;
    let plaintext = TaskServer::start(async |mut stream: TcpStream, _| {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
    })
    .await;
    for address in [server.address, plaintext.address] {
        let proxy = Proxy::to(address);
        let transport = through_tunnel(&authority, &proxy);
        let error = transport.send(post("/v1/a")).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls);
        assert_eq!(error.sent(), Sent::Nothing);
        error_text(&error);
    }
    assert_eq!(server.received(), "");
}

// T70
#[tokio::test]
async fn a_407_to_connect_is_a_typed_error() {
    asks_for_credentials("https://service.example/").await;
}

// T71
#[tokio::test]
async fn a_proxy_that_does_not_accept_connect_gets_no_server_credentials() {
    let flooded = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1024 * 1024));
    let redirect = "HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\n\r\n";
    for script in [
        vec![ServerStep::Read, send(&flooded), ServerStep::ClientCloses],
        vec![ServerStep::Read, send(redirect), ServerStep::ClientCloses],
        vec![
            ServerStep::Read,
            send("HTTP/1.1 502 \r\n\r\n"),
            ServerStep::ClientCloses,
        ],
        vec![
            ServerStep::Read,
            send("SSH-2.0-OpenSSH\r\n\r\n"),
            ServerStep::ClientCloses,
        ],
        vec![
            ServerStep::Read,
            send("HTTP/1.1 200 OK\r\n"),
            flood(ServerStep::Send(b"a: b\r\n".to_vec())),
        ],
        vec![ServerStep::Read, send("HTTP/1.1 200"), ServerStep::Close],
        vec![ServerStep::Read, ServerStep::Reset],
        vec![ServerStep::Close],
    ] {
        let proxy = TestServer::plays([script]);
        let error = through(&proxy, USER)
            .build()
            .send(super::proxy::post("https://service.example/v1/a"))
            .await
            .unwrap_err();
        let expected = TransportErrorKind::Connect(ConnectFailure::Proxy);
        assert_eq!(error.kind(), expected, "{error:?}");
        assert_eq!(error.sent(), Sent::Nothing);
        error_text(&error);
        for request in proxy.finish().await {
            let expected = format!(
                "CONNECT service.example:443 HTTP/1.1\r\nHost: service.example:443\r\n\
                 Proxy-Authorization: {BASIC}\r\n\r\n"
            );
            assert_eq!(request, expected);
        }
    }
}

/// Returns the ways in which a proxy refuses a tunnel with this status: with a body in the same segment, in a later one, in
/// chunks, after informational responses, and with an endless body and head.
fn refusals(status: u16) -> Vec<Vec<ServerStep>> {
    let head = |fields: &str| format!("HTTP/1.1 {status} No\r\n{fields}\r\n\r\n");
    let announced = head("content-type: text/html\r\ncontent-length: 5");
    let chunked = head("transfer-encoding: chunked");
    let chunks = "5\r\nhello\r\n0\r\n\r\n";
    let informational = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nlink: <a>\r\n\r\n";
    let steps = [
        vec![send(&format!("{announced}hello"))],
        vec![send(&announced), send("hello")],
        vec![send(&format!("{chunked}{chunks}"))],
        vec![send(&chunked), send(chunks)],
        vec![send(&format!("{informational}{announced}hello"))],
        vec![send(informational), send(&announced), send("hello")],
        vec![send(&format!(
            "HTTP/1.0 {status} {}",
            "x".repeat(17 * 1024)
        ))],
        vec![send(&head("proxy-connection: close")), flood(send("hello"))],
        vec![
            send(&format!("HTTP/1.1 {status} No\r\n")),
            flood(send("a: b\r\n")),
        ],
        vec![
            send(&format!("HTTP/1.1 {status} No\r\nx: cut")),
            ServerStep::Close,
        ],
        vec![send(&format!("HTTP/1.1 {status}")), ServerStep::Close],
        vec![
            send(&format!("{informational}HTTP/1.0 {status}\r")),
            ServerStep::Close,
        ],
    ];
    let mut scripts = Vec::new();
    for mut script in steps {
        script.insert(0, ServerStep::Read);
        scripts.push(script);
    }
    scripts
}

// U8
#[tokio::test]
async fn a_refused_connect_is_reported_by_its_status_whatever_follows() {
    for (status, failure) in [
        (407, ConnectFailure::ProxyCredentials),
        (403, ConnectFailure::Proxy),
        (503, ConnectFailure::Proxy),
        (302, ConnectFailure::Proxy),
        (404, ConnectFailure::Proxy),
        (429, ConnectFailure::Proxy),
        (502, ConnectFailure::Proxy),
    ] {
        for script in refusals(status) {
            let proxy = TestServer::plays([script]);
            let error = through(&proxy, USER)
                .build()
                .send(super::proxy::post("https://service.example/v1/a"))
                .await
                .unwrap_err();
            assert_eq!(
                error.kind(),
                TransportErrorKind::Connect(failure),
                "{error:?}"
            );
            assert_eq!(error.sent(), Sent::Nothing);
            assert_eq!(error.status().unwrap(), status);
            let text = error_text(&error);
            assert!(text.contains(&status.to_string()), "{text}");
            assert!(!text.contains("hello") && !text.contains("xxx"), "{text}");
            proxy.finish().await;
        }
    }
}

// U8
#[tokio::test]
async fn bytes_after_the_head_of_an_opened_tunnel_are_refused() {
    for opened in [
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 103 X\r\n\r\nHTTP/1.1 200 OK\r\n\r\nHTTP/1.1 407 No\r\n\r\n",
    ] {
        let proxy = TestServer::plays([vec![
            ServerStep::Read,
            send(opened),
            ServerStep::ClientCloses,
        ]]);
        let transport = through(&proxy, USER).build();
        let request = super::proxy::post("https://service.example/v1/a");
        let error = transport.send(request).await.unwrap_err();
        let expected = TransportErrorKind::Connect(ConnectFailure::Proxy);
        assert_eq!((error.kind(), error.status()), (expected, None));
        assert!(error_text(&error).contains("before the tunnel was used"));
        proxy.finish().await;
    }
}

// U8
#[tokio::test]
async fn the_status_of_a_proxy_decides_whether_a_call_is_retried() {
    let finals = [302, 400, 401, 403, 404, 405, 407, 451, 501, 505, 600].map(|status| (status, 1));
    let passing = [408, 429, 500, 502, 503, 504, 520].map(|status| (status, 3));
    for (status, attempts) in finals.into_iter().chain(passing) {
        let refusal = refusals(status).remove(0);
        let proxy = match attempts {
            1 => TestServer::plays([refusal]),
            _ => TestServer::plays([refusal.clone(), refusal.clone(), refusal]),
        };
        let base = BaseUrl::parse("https://service.example").unwrap();
        let channel = Channel::builder(base, super::calls::Plain)
            .retry(RetryPolicy::default().base_delay(Duration::ZERO))
            .build_with(through(&proxy, USER).build(), TokioClock::new())
            .unwrap();
        let create = super::calls::create("{}".into());
        let error = channel.call(create).await.unwrap_err();
        let kind = match status {
            407 => ConnectFailure::ProxyCredentials,
            _ => ConnectFailure::Proxy,
        };
        assert_eq!(error.kind(), &ErrorKind::Connect(kind));
        assert_eq!(error.status().unwrap(), status);
        assert_eq!((error.attempts(), error.applied()), (attempts, Applied::No));
        assert_eq!(error.is_retryable(), attempts > 1, "{status}");
        let reason = format!("(status {status})");
        assert!(error.to_string().contains(&reason), "{error}");
        proxy.finish().await;
    }
}

#[tokio::test]
async fn a_refused_connect_keeps_its_retry_after() {
    let head = "HTTP/1.1 503 No\r\nset-cookie: a\r\nretry-after: 7\r\n\r\n";
    for response in [
        vec![send(&format!("{head}<html>"))],
        vec![send("HTTP/1.1 503 No\r\n"), send("retry-after: 7\r\n\r\n")],
        vec![send(&format!("HTTP/1.1 103 X\r\n\r\n{head}"))],
        // The rest of the head never arrives, or is cut.
        vec![
            send("HTTP/1.1 503 No\r\nretry-after: 7\r\n"),
            ServerStep::ClientCloses,
        ],
        vec![
            send("HTTP/1.1 503 No\r\nretry-after: 7\r\nx"),
            ServerStep::Close,
        ],
    ] {
        let proxy = TestServer::plays([[vec![ServerStep::Read], response].concat()]);
        let transport = through(&proxy, USER).build();
        let request = super::proxy::post("https://service.example/v1/a");
        let error = transport.send(request).await.unwrap_err();
        let expected = TransportErrorKind::Connect(ConnectFailure::Proxy);
        assert_eq!((error.kind(), error.sent()), (expected, Sent::Nothing));
        assert_eq!(error.status().unwrap(), 503);
        let headers = error.headers().unwrap();
        assert_eq!(
            (headers.len(), &headers["retry-after"]),
            (1, &"7".parse().unwrap())
        );
        proxy.finish().await;
    }
}

#[tokio::test]
async fn a_silent_proxy_is_a_connect_timeout() {
    let proxy = TestServer::plays([vec![ServerStep::Read, ServerStep::ClientCloses]]);
    let error = through(&proxy, USER)
        .connect_timeout(super::SHORT)
        .build()
        .send(super::proxy::post("https://service.example/"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout(Phase::Connect));
    assert_eq!(error.sent(), Sent::Nothing);
    proxy.finish().await;
}
