//! A service behind a proxy's tunnel. On Linux only, where `SSL_CERT_FILE` sets the platform's roots.

use std::io::{Read, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rcgen::{CertifiedKey, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::run::Fixture;
use crate::scripted_server::response;

/// Starts a proxy that is also the service at the end of its tunnel, with this certificate. Sends both request heads.
fn tunnel(certified: &CertifiedKey<KeyPair>) -> (String, Receiver<[String; 2]>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let (sender, heads) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let proxy_head = head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 \r\n\r\n").unwrap();
        let server = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(server, stream);
        sender.send([proxy_head, head(&mut stream)]).unwrap();
        let body = r#"{"totalCount": 0, "activeGateTokens": []}"#;
        let bytes = response("200 OK", "application/json", body);
        stream.write_all(&bytes).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
    });
    (url, heads)
}

/// Reads the head of a request and not a byte more.
fn head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    String::from_utf8(head).unwrap().to_lowercase()
}

#[test]
fn a_credential_is_sent_through_a_proxy_to_the_service_only() {
    let certified = rcgen::generate_simple_self_signed(["service.example".to_owned()]).unwrap();
    let (proxy, heads) = tunnel(&certified);
    let fixture = Fixture::dt("https://service.example");
    let roots = fixture.file("roots.pem", &certified.cert.pem());
    let fixture = fixture.with("SSL_CERT_FILE", roots.to_str().unwrap()).with(
        "HTTPS_PROXY",
        proxy.replace("http://", "http://user:proxypass@"),
    );
    let output = fixture.run("dt token list -o json --proxy-from-environment");
    assert_eq!(output.json().as_array().unwrap().len(), 0);
    let [by_proxy, by_service] = heads.recv().unwrap();
    assert!(by_proxy.starts_with("connect service.example:443 http/1.1\r\n"));
    assert!(by_proxy.contains("\r\nproxy-authorization: basic dxnlcjpwcm94exbhc3m=\r\n"));
    assert!(!by_proxy.contains("api-token"));
    assert!(by_service.contains("\r\nauthorization: api-token dt0c01."));
    assert!(!by_service.contains("proxy-authorization"));
}
