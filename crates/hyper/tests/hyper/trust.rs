//! Which servers are trusted over TLS.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_test_support::task_server::TaskServer;
use gatelet_transport::{Sent, Transport, TransportErrorKind};
use http::Request;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::https_server::HttpsServer;
use super::pki::{Authority, Identity, Trusted};

// T5
#[tokio::test]
async fn an_unknown_authority_is_refused_before_a_byte_of_http() {
    let server = HttpsServer::start(Authority::new().certify("localhost", |_| {}), &[]).await;
    let error = server.is_refused_by(&HyperTransport::new()).await;
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("certificate"), "{cause}");
    server.is_refused_by(&Authority::new().client()).await;
}

// T5
#[tokio::test]
async fn an_added_root_is_trusted() {
    let authority = Authority::new();
    let server = HttpsServer::start(authority.certify("localhost", |_| {}), &[]).await;
    let client = authority.client();
    for _ in 0..2 {
        let response = client.send(server.request("POST", "/")).await.unwrap();
        assert_eq!(response.body(), "h1");
    }
    assert_eq!(server.connections(), 1);
    let der = authority.der().to_vec();
    let client = HyperTransport::builder()
        .add_root_certificate_der(der)
        .unwrap()
        .build();
    assert!(client.send(server.request("POST", "/")).await.is_ok());
}

#[tokio::test]
async fn the_certificate_of_a_server_is_shown_whether_it_is_accepted_or_not() {
    let authority = Authority::new();
    let identity = authority.certify("localhost", |_| {});
    let certificate = identity.certificate.to_vec();
    let server = HttpsServer::start(identity, &[]).await;
    let (trusting, other) = (authority.pem(), Authority::new().pem());
    for (root, is_accepted) in [(trusting, true), (other, false)] {
        let (send, shown) = std::sync::mpsc::channel();
        let client = HyperTransport::builder()
            .add_root_certificates_pem(root.as_bytes())
            .unwrap()
            .on_server_certificate(move |der| send.send(der.to_vec()).unwrap())
            .build();
        let response = client.send(server.request("POST", "/")).await;
        assert_eq!(response.is_ok(), is_accepted);
        let shown: Vec<Vec<u8>> = shown.try_iter().collect();
        assert_eq!(shown, std::slice::from_ref(&certificate));
    }
}

#[tokio::test]
async fn an_invalid_root_of_a_bundle_does_not_affect_the_others() {
    let (ours, other, retired) = (Authority::new(), Authority::new(), Authority::expired());
    let server = HttpsServer::start(ours.certify("localhost", |_| {}), &[]).await;
    let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let unfinished = "-----BEGIN CERTIFICATE-----\nMIIB\n";
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let (ours, other, retired) = (ours.pem(), other.pem(), retired.pem());
    for (bundle, skipped) in [
        (format!("{broken}{other}{ours}"), 1),
        (format!("{ours}{broken}"), 1),
        (format!("{unfinished}{ours}{broken}{other}"), 2),
        (format!("# ours\n{retired}{key}{ours}{ours}"), 0),
        (format!("{broken}{ours}").replace('\n', "\r\n"), 1),
    ] {
        for alone in [false, true] {
            let builder = HyperTransport::builder()
                .add_root_certificates_pem(bundle.as_bytes())
                .unwrap();
            assert_eq!(builder.skipped_root_certificates().len(), skipped);
            let builder = match alone {
                true => builder.only_these_roots(),
                false => builder,
            };
            let client = builder.build();
            let response = client.send(server.request("POST", "/")).await.unwrap();
            assert_eq!(response.body(), "h1");
        }
    }
    let nothing = HyperTransport::builder().add_root_certificates_pem(broken.as_bytes());
    assert_eq!(nothing.unwrap_err().kind(), TransportErrorKind::Config);
}

// T5
#[tokio::test]
async fn a_wrong_host_an_expired_or_a_self_signed_certificate_is_refused() {
    let authority = Authority::new();
    let wrong_host = authority.certify("example.com", |_| {});
    let expired = authority.certify("localhost", |params| {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let early = authority.certify("localhost", |params| {
        params.not_before = rcgen::date_time_ymd(2100, 1, 1);
    });
    let self_signed = Identity::self_signed("localhost", |_| {});
    for identity in [wrong_host, expired, early, self_signed] {
        let server = HttpsServer::start(identity, &[]).await;
        server.is_refused_by(&authority.client()).await;
    }
}

// T5
#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let server = TaskServer::start(async |mut stream: TcpStream, _| {
        let response = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        stream.write_all(response).await.unwrap();
    })
    .await;
    let request = Request::get(format!("https://{}/", server.address))
        .body(Bytes::new())
        .unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    assert_eq!(error.sent(), Sent::Nothing);
}

#[tokio::test]
async fn a_handshake_dropped_by_the_peer_is_a_failed_connection() {
    let server = TaskServer::start(async |stream, _| drop(stream)).await;
    let request = Request::get(format!("https://{}/", server.address))
        .body(Bytes::new())
        .unwrap();
    let error = HyperTransport::new().send(request).await.unwrap_err();
    assert!(matches!(error.kind(), TransportErrorKind::Connect(_)));
    assert_eq!(error.sent(), Sent::Nothing);
}

// D24
#[tokio::test]
async fn an_added_root_is_trusted_for_its_own_servers_only() {
    let (private, other) = (Authority::new(), Authority::new());
    let client = private.client();
    let active_gate = HttpsServer::start(private.certify("localhost", |_| {}), &[]).await;
    let stranger = HttpsServer::start(other.certify("localhost", |_| {}), &[]).await;
    let response = client.send(active_gate.request("POST", "/")).await.unwrap();
    assert_eq!(response.body(), "h1");
    stranger.is_refused_by(&client).await;
    active_gate.is_refused_by(&HyperTransport::new()).await;
}

#[tokio::test]
async fn only_added_roots_are_trusted_if_configured() {
    let (ours, other) = (Authority::new(), Authority::new());
    let server = HttpsServer::start(ours.certify("localhost", |_| {}), &[]).await;
    let only = |authority: &Authority| {
        let builder = HyperTransport::builder().only_these_roots();
        let pem = authority.pem();
        builder
            .add_root_certificates_pem(pem.as_bytes())
            .unwrap()
            .build()
    };
    let response = only(&ours).send(server.request("POST", "/")).await;
    assert_eq!(response.unwrap().body(), "h1");
    server.is_refused_by(&only(&other)).await;
    let client = HyperTransport::builder().only_these_roots().build();
    let error = client.send(server.request("POST", "/")).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Config);
    assert_eq!(error.sent(), Sent::Nothing);
}

/// Sends a request with these pinned certificates, and returns the result.
fn pinned<const N: usize>(identities: [&Identity; N]) -> HyperTransport {
    let pin = |builder: HyperTransportBuilder, identity: &&Identity| {
        builder
            .pin_server_certificate(&identity.fingerprint())
            .unwrap()
    };
    identities
        .iter()
        .fold(HyperTransport::builder(), pin)
        .build()
}

// T5
#[tokio::test]
async fn only_a_pinned_certificate_is_trusted_whatever_its_content() {
    let authority = Authority::new();
    let expired = Identity::self_signed("elsewhere.example", |params| {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let other = authority.certify("localhost", |_| {});
    let (both, first) = (pinned([&other, &expired]), pinned([&expired]));
    let of_expired = HttpsServer::start(expired, &[]).await;
    let of_other = HttpsServer::start(other, &[]).await;
    for (client, server) in [
        (&first, &of_expired),
        (&both, &of_expired),
        (&both, &of_other),
    ] {
        let response = client.send(server.request("POST", "/")).await.unwrap();
        assert_eq!(response.body(), "h1");
    }
    let error = HttpsServer::start(authority.certify("localhost", |_| {}), &[])
        .await
        .is_refused_by(&both)
        .await;
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("is not pinned"), "{cause}");
}

// T5
#[tokio::test]
async fn a_pin_replaces_all_authorities() {
    let authority = Authority::new();
    let pinned = Identity::self_signed("localhost", |_| {});
    let client = HyperTransport::builder()
        .pin_server_certificate(&pinned.fingerprint())
        .unwrap()
        .add_root_certificates_pem(authority.pem().as_bytes())
        .unwrap()
        .build();
    let server = HttpsServer::start(authority.certify("localhost", |_| {}), &[]).await;
    server.is_refused_by(&client).await;
}

// T5
#[tokio::test]
async fn a_server_without_the_key_of_a_pinned_certificate_is_refused() {
    let pinned_identity = Identity::self_signed("localhost", |_| {});
    let client = pinned([&pinned_identity]);
    let thief = Identity::self_signed("localhost", |_| {});
    for versions in [&[&rustls::version::TLS13][..], &[&rustls::version::TLS12]] {
        let provider = rustls::crypto::ring::default_provider();
        let key = provider
            .key_provider
            .load_private_key(thief.private_key())
            .unwrap();
        let stolen = CertifiedKey::new(vec![pinned_identity.certificate.clone()], key);
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(stolen)));
        let server = HttpsServer::start_with(config).await;
        server.is_refused_by(&client).await;
    }
}

#[tokio::test]
async fn a_client_presents_its_certificate_to_a_server_that_requests_one() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let config = authority
        .certify("localhost", |_| {})
        .server_config(Some(&clients.der()));
    let server = HttpsServer::start_with(config).await;
    let as_client = |identity: &Identity| {
        let builder = HyperTransport::builder()
            .add_root_certificates_pem(authority.pem().as_bytes())
            .unwrap()
            .client_certificate_pem(
                identity.pem.as_bytes(),
                identity.key.serialize_pem().as_bytes(),
            )
            .unwrap();
        builder.build()
    };
    let known = clients.certify("client", |_| {});
    let response = as_client(&known).send(server.request("POST", "/")).await;
    assert_eq!(response.unwrap().body(), "h1");
}

// T5
#[tokio::test]
async fn a_missing_client_certificate_is_a_tls_error() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let unknown = Authority::new().certify("client", |_| {});
    let unknown = HyperTransport::builder()
        .add_root_certificates_pem(authority.pem().as_bytes())
        .unwrap()
        .client_certificate_pem(
            unknown.pem.as_bytes(),
            unknown.key.serialize_pem().as_bytes(),
        )
        .unwrap()
        .build();
    let (tls12, tls13) = ([&rustls::version::TLS12], [&rustls::version::TLS13]);
    for (versions, protocol) in [(tls13, "h2"), (tls13, "http/1.1"), (tls12, "http/1.1")] {
        let identity = authority.certify("localhost", |_| {});
        let mut config = identity.server_config_with_versions(&versions, Some(&clients.der()));
        config.alpn_protocols = vec![protocol.into()];
        let server = HttpsServer::start_with(config).await;
        for client in [&authority.client(), &unknown] {
            let error = server.is_refused_by(client).await;
            let text = super::test_server::error_text(&error);
            assert!(text.contains("fatal alert"), "{text}");
        }
    }
}
