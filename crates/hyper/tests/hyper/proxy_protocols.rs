//! Proxies that are spoken to over TLS, and SOCKS5 proxies.

use gatelet_hyper::{HyperTransport, Proxies};
use gatelet_test_support::proxy::Proxy;
use gatelet_test_support::raw_server::RawServer;
#[cfg(feature = "socks")]
use gatelet_test_support::socks::SocksProxy;
use gatelet_test_support::tls_server::TlsServer;
use gatelet_transport::{ConnectFailure, Sent, Transport, TransportErrorKind};

use super::https_server::HttpsServer;
use super::pki::{Authority, Trusted};
use super::proxy::{BASIC, USER, post};
use super::test_server::error_text;

/// The SHA-256 of no certificate.
const OTHER_PIN: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

fn through(authority: &Authority, scheme: &str, user: &str, port: u16) -> HyperTransport {
    let url = format!("{scheme}://{user}@localhost:{port}");
    let proxies = Proxies::default().http(&url).unwrap().https(&url).unwrap();
    authority.builder().proxies(proxies).build()
}

/// Starts TLS in front of a proxy.
fn over_tls(authority: &Authority, proxy: &Proxy) -> u16 {
    let identity = authority.certify("localhost", |_| {});
    let server = TlsServer::in_front_of(proxy.address, identity.server_config(None));
    server.address.port()
}

#[tokio::test]
async fn a_tunnel_through_a_proxy_over_tls_reaches_the_server() {
    let authority = Authority::new();
    for (protocols, body) in [(&[][..], "h1"), (&["h2"], "h2 0")] {
        let identity = authority.certify("service.example", |_| {});
        let server = HttpsServer::start(identity, protocols).await;
        let proxy = Proxy::to(server.address);
        let transport = through(&authority, "https", USER, over_tls(&authority, &proxy));
        let response = transport.send(post("https://service.example/a")).await;
        assert_eq!(response.unwrap().body(), body);
        let head = proxy.heads().concat();
        assert!(head.starts_with("CONNECT service.example:443 HTTP/1.1\r\n"));
        assert!(head.contains(&format!("Proxy-Authorization: {BASIC}\r\n")));
    }
}

#[tokio::test]
async fn a_proxy_over_tls_forwards_a_request_to_an_http_url() {
    let authority = Authority::new();
    let server = RawServer::always("200 OK", "text/plain", "plain");
    let proxy = Proxy::to(server.address);
    let transport = through(&authority, "https", USER, over_tls(&authority, &proxy));
    let response = transport.send(post("http://service.example/a")).await;
    assert_eq!(response.unwrap().body(), "plain");
    let head = proxy.heads().concat();
    assert!(head.starts_with("POST http://service.example/a HTTP/1.1\r\n"));
}

// U8
#[tokio::test]
async fn a_proxy_over_tls_that_requires_other_credentials_is_named() {
    let authority = Authority::new();
    let proxy = Proxy::refusing();
    let transport = through(&authority, "https", USER, over_tls(&authority, &proxy));
    let error = transport.send(post("https://service.example/a")).await;
    let error = error.unwrap_err();
    let expected = TransportErrorKind::Connect(ConnectFailure::ProxyCredentials);
    assert_eq!((error.kind(), error.sent()), (expected, Sent::Nothing));
    assert_eq!(error.status().unwrap(), 407);
}

#[tokio::test]
async fn a_proxy_over_tls_that_is_not_trusted_gets_nothing() {
    let proxy = Proxy::refusing();
    let port = over_tls(&Authority::new(), &proxy);
    let transport = through(&Authority::new(), "https", USER, port);
    let error = transport.send(post("https://service.example/a")).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    assert!(error_text(&error).contains("the proxy"), "{error:?}");
    assert!(proxy.heads().is_empty());
}

#[tokio::test]
async fn a_pin_is_about_the_server_and_not_about_its_proxy() {
    let authority = Authority::new();
    let identity = authority.certify("service.example", |_| {});
    let server = HttpsServer::start(identity, &[]).await;
    let proxy = Proxy::to(server.address);
    let url = format!("https://localhost:{}", over_tls(&authority, &proxy));
    let transport = authority
        .builder()
        .pin_server_certificate(OTHER_PIN)
        .unwrap()
        .proxies(Proxies::default().https(&url).unwrap())
        .build();
    let error = transport.send(post("https://service.example/a")).await;
    assert_eq!(error.unwrap_err().kind(), TransportErrorKind::Tls);
    assert_eq!(proxy.heads().len(), 1);
    assert_eq!(server.received(), "");
}

#[cfg(feature = "socks")]
#[tokio::test]
async fn a_socks_proxy_tunnels_to_http_and_https_servers() {
    let authority = Authority::new();
    let plain = RawServer::always("200 OK", "text/plain", "plain");
    let identity = authority.certify("service.example", |_| {});
    let tls = HttpsServer::start(identity, &["h2"]).await;
    for (server, url, body, target) in [
        (
            plain.address,
            "http://service.example/a",
            "plain",
            "service.example:80",
        ),
        (
            tls.address,
            "https://service.example/a",
            "h2 0",
            "service.example:443",
        ),
    ] {
        let proxy = SocksProxy::to(server, Some(USER));
        let transport = through(&authority, "socks5h", USER, proxy.address.port());
        assert_eq!(transport.send(post(url)).await.unwrap().body(), body);
        assert_eq!(proxy.targets(), [target]);
    }
    // The server gets no request of a proxy.
    let request = plain.requests.recv().unwrap().to_lowercase();
    assert!(request.starts_with("post /a http/1.1\r\n"), "{request}");
    assert!(!request.contains("proxy-authorization"), "{request}");
}

#[cfg(feature = "socks")]
#[tokio::test]
async fn a_name_is_resolved_here_for_socks5_and_by_the_proxy_for_socks5h() {
    let plain = RawServer::always("200 OK", "text/plain", "plain");
    let proxy = SocksProxy::to(plain.address, None);
    for (scheme, host, target) in [
        ("socks5", "0.0.0.0", Some("0.0.0.0:80")),
        (
            "socks5h",
            "no-such-host.invalid",
            Some("no-such-host.invalid:80"),
        ),
        ("socks5", "no-such-host.invalid", None),
    ] {
        let url = format!("{scheme}://{}", proxy.address);
        let proxies = Proxies::default().http(&url).unwrap();
        let transport = HyperTransport::builder().proxies(proxies).build();
        let result = transport.send(post(&format!("http://{host}/a"))).await;
        match target {
            Some(target) => assert_eq!(proxy.targets().last().unwrap(), target),
            None => {
                let expected = TransportErrorKind::Connect(ConnectFailure::Dns);
                assert_eq!(result.unwrap_err().kind(), expected);
            }
        }
    }
}

#[cfg(feature = "socks")]
#[tokio::test]
async fn a_refusal_of_a_socks_proxy_is_classified() {
    let server = ([127, 0, 0, 1], 1).into();
    for (proxy, user, failure) in [
        (
            SocksProxy::to(server, Some("gate:other")),
            USER,
            ConnectFailure::ProxyCredentials,
        ),
        (
            SocksProxy::to(server, Some("gate:other")),
            "",
            ConnectFailure::ProxyCredentials,
        ),
        (SocksProxy::refusing(2), "", ConnectFailure::Proxy),
        (SocksProxy::refusing(5), "", ConnectFailure::Proxy),
    ] {
        let user = if user.is_empty() {
            String::new()
        } else {
            format!("{user}@")
        };
        let url = format!("socks5h://{user}{}", proxy.address);
        let proxies = Proxies::default().https(&url).unwrap();
        let transport = HyperTransport::builder().proxies(proxies).build();
        let error = transport.send(post("https://service.example/a")).await;
        let error = error.unwrap_err();
        assert_eq!(
            error.kind(),
            TransportErrorKind::Connect(failure),
            "{error:?}"
        );
        assert_eq!(error.sent(), Sent::Nothing);
        error_text(&error);
    }
}
