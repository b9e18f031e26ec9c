//! Certificates of clients and servers.

use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_test_support::pki::Identity;
use rustls::ServerConfig;

use crate::traffic::Secret;

/// Returns a builder of a transport that trusts this certificate alone.
pub(crate) fn trusting(server: &Identity) -> HyperTransportBuilder {
    HyperTransport::builder()
        .add_root_certificates_pem(server.pem.as_bytes())
        .unwrap()
        .only_these_roots()
}

/// Adds a client certificate.
pub(crate) fn with_certificate(
    client: HyperTransportBuilder,
    identity: &Identity,
) -> HyperTransportBuilder {
    let key = identity.key.serialize_pem();
    client
        .client_certificate_pem(identity.pem.as_bytes(), key.as_bytes())
        .unwrap()
}

/// Returns the configuration of a server with this certificate and protocol; with `client`, it requires a certificate of clients.
pub(crate) fn server_config(
    identity: &Identity,
    protocol: &str,
    client: Option<&Identity>,
) -> ServerConfig {
    let mut config = identity.server_config(client.map(|client| &client.certificate));
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    config
}

/// Returns the private number of a key.
pub(crate) fn secret(identity: &Identity) -> Secret {
    let document = identity.key.serialize_der();
    // PKCS #8 of a P-256 key: the public key comes after the private one.
    let begin = [0x02, 0x01, 0x01, 0x04, 0x20];
    let at = document.windows(5).position(|window| window == begin);
    let number = &document[at.unwrap() + 5..][..32];
    Secret::new("a private key", number)
}
