//! A service behind a proxy's tunnel. On Linux only, where `SSL_CERT_FILE` sets the platform's roots.

use gatelet_test_support::pki::Identity;
use gatelet_test_support::proxy::Proxy;
use gatelet_test_support::raw_server::RawServer;
use gatelet_test_support::tls_server::TlsServer;

use crate::run::Fixture;

#[test]
fn a_credential_is_sent_through_a_proxy_to_the_service_only() {
    let list = r#"{"totalCount": 0, "activeGateTokens": []}"#;
    let service = RawServer::always("200 OK", "application/json", list);
    let identity = Identity::self_signed("service.example", |_| {});
    let tls = TlsServer::in_front_of(service.address, identity.server_config(None));
    let proxy = Proxy::to(tls.address);
    let fixture = Fixture::dt("https://service.example");
    let roots = fixture.file("roots.pem", &identity.pem);
    let fixture = fixture
        .with("SSL_CERT_FILE", roots.to_str().unwrap())
        .with("HTTPS_PROXY", proxy.url("user:proxypass"));
    let output = fixture.run("dt token list -o json --proxy-from-environment");
    assert_eq!(output.json().as_array().unwrap().len(), 0);
    let by_proxy = proxy.heads().concat().to_lowercase();
    assert!(by_proxy.starts_with("connect service.example:443 http/1.1\r\n"));
    assert!(by_proxy.contains("\r\nproxy-authorization: basic dxnlcjpwcm94exbhc3m=\r\n"));
    assert!(!by_proxy.contains("api-token"));
    let by_service = service.requests.recv().unwrap().to_lowercase();
    assert!(by_service.contains("\r\nauthorization: api-token dt0c01."));
    assert!(!by_service.contains("proxy-authorization"));
}
