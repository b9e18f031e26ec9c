//! Proxies of the environment are used on request only.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CANARY, Fixture};

const LIST: &str = "dt token list --timeout 20";

/// An unserved environment on this machine, by an address that is not loopback, because no proxy is used for loopback.
fn fixture(proxy: &str) -> Fixture {
    let address = proxy.strip_prefix("http://").unwrap();
    Fixture::dt("https://0.0.0.0:1").with("HTTPS_PROXY", format!("http://user:{CANARY}@{address}"))
}

/// Starts a proxy that refuses every tunnel.
fn proxy() -> RawServer {
    let refusal = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
    RawServer::new(|_| RawResponse::Bytes(refusal.into()))
}

#[test]
fn a_proxy_of_the_environment_is_used_on_request() {
    let proxy = proxy();
    let fixture = fixture(&proxy.url);
    let asks_by_option = format!("{LIST} --proxy-from-environment");
    let asking = self::fixture(&proxy.url).with("GATELET_PROXY_FROM_ENVIRONMENT", "1");
    for (fixture, command) in [(fixture, &*asks_by_option), (asking, LIST)] {
        let line = fixture.run(command).fails_with(8);
        assert!(line.contains("the proxy rejected the connection"));
        let request = proxy.requests.try_iter().last().unwrap();
        assert!(request.starts_with("CONNECT 0.0.0.0:1 HTTP/1.1\r\n"));
        let request = request.to_lowercase();
        assert!(request.contains("\r\nproxy-authorization: basic "));
        assert!(!request.contains("\r\nauthorization: "));
    }
}

// U8
#[test]
fn a_proxys_refusal_with_a_body_exits_with_8_and_names_its_status() {
    for (status, attempts, says) in [
        (407, 1, "the proxy requires other credentials (status 407)"),
        (403, 1, "the proxy rejected the connection (status 403)"),
        (503, 3, "the proxy rejected the connection (status 503)"),
    ] {
        let refusal = response(&format!("{status} No"), "text/html", "<html>refused</html>");
        let proxy = RawServer::new(move |_| RawResponse::Bytes(refusal.clone()));
        let fixture = fixture(&proxy.url);
        let line = fixture.run(&format!("{LIST} --proxy-from-environment"));
        let line = line.fails_with(8);
        assert!(line.contains(says), "{line}");
        assert!(!line.contains("html"), "{line}");
        assert_eq!(proxy.requests.try_iter().count(), attempts, "{line}");
    }
}

#[test]
fn a_proxy_of_the_environment_is_not_used_by_default() {
    let proxy = proxy();
    let fixture = fixture(&proxy.url);
    fixture.run(LIST).fails_with(8);
    for no in ["0", "false", ""] {
        let fixture = Fixture::dt("https://0.0.0.0:1")
            .with("HTTPS_PROXY", proxy.url.clone())
            .with("GATELET_PROXY_FROM_ENVIRONMENT", no);
        fixture.run(LIST).fails_with(8);
    }
    let fixture = fixture.with("NO_PROXY", "0.0.0.0");
    let excepted = fixture.run(&format!("{LIST} --proxy-from-environment"));
    excepted.fails_with(8);
    assert_eq!(proxy.requests.try_iter().count(), 0);
}

#[test]
fn an_invalid_proxy_is_refused_by_the_name_of_its_variable() {
    let fixture = Fixture::dt("https://0.0.0.0:1")
        .with("HTTPS_PROXY", format!("ftp://user:{CANARY}@proxy.example"));
    fixture.run(LIST).fails_with(8);
    let line = fixture.run(&format!("{LIST} --proxy-from-environment"));
    assert!(line.fails_with(2).contains("HTTPS_PROXY"));
}
