//! An ActiveGate with a certificate of a private authority.

use std::net::SocketAddr;

use dt_client::{ApiToken, Applied, Client, Error, ErrorKind};
use gatelet_emulator::{Emulator, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_test_support::pki::Authority;
use gatelet_test_support::tls_server::TlsServer;

/// An ActiveGate on loopback, which terminates TLS and forwards everything to the emulator.
struct ActiveGate(TlsServer);

impl ActiveGate {
    fn start(authority: &Authority, emulator: SocketAddr) -> Self {
        let config = authority.certify("localhost", |_| {}).server_config(None);
        Self(TlsServer::in_front_of(emulator, config))
    }

    async fn list(&self, transport: &HyperTransport) -> Result<usize, Error> {
        let url = format!("https://localhost:{}/e/abc", self.0.address.port());
        let client = Client::builder(url.as_str())
            .credentials(ApiToken::new(well_known::DT_TOKEN)?)
            .build_with(transport.clone(), TokioClock::new())?;
        Ok(client.active_gate_tokens().list().send().await?.items.len())
    }

    async fn is_refused_by(&self, transport: &HyperTransport) {
        let error = self.list(transport).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Tls, "{error:?}");
        assert_eq!((error.attempts(), error.applied()), (1, Applied::No));
    }
}

// D24
#[tokio::test]
async fn an_added_root_is_trusted_and_others_are_not() {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = gatelet_emulator::serve(emulator, address).await.unwrap();
    let (ours, theirs) = (Authority::new(), Authority::new());
    let active_gate = ActiveGate::start(&ours, server.address());
    let other = ActiveGate::start(&theirs, server.address());

    let usual = HyperTransport::new();
    let with_our_root = HyperTransport::builder()
        .add_root_certificates_pem(ours.pem().as_bytes())
        .unwrap()
        .build();
    assert!(active_gate.list(&with_our_root).await.unwrap() > 0);
    other.is_refused_by(&with_our_root).await;
    active_gate.is_refused_by(&usual).await;
    other.is_refused_by(&usual).await;
    server.shutdown().await;
}
