//! An ActiveGate whose certificate is from an authority that only its owner knows.

use std::net::SocketAddr;
use std::sync::Arc;

use dt_client::{ApiToken, Applied, Client, Error, ErrorKind};
use gatelet_emulator::{Emulator, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A server's certificate and key, for `localhost`.
    fn acceptor(&self) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// An ActiveGate on loopback: takes TLS off and passes everything on to the emulator.
struct ActiveGate {
    address: SocketAddr,
    _task: JoinSet<()>,
}

impl ActiveGate {
    async fn start(authority: &Authority, behind: SocketAddr) -> Self {
        let acceptor = authority.acceptor();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that refuses the certificate ends it here.
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let mut server = TcpStream::connect(behind).await.unwrap();
                    tokio::spawn(async move {
                        let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
                    });
                }
            }
        });
        Self {
            address,
            _task: task,
        }
    }

    async fn list(&self, transport: &HyperTransport) -> Result<usize, Error> {
        let url = format!("https://localhost:{}/e/abc", self.address.port());
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
async fn an_added_root_is_trusted_and_nothing_else_changes() {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = gatelet_emulator::serve(emulator, address).await.unwrap();
    let (ours, theirs) = (Authority::new(), Authority::new());
    let active_gate = ActiveGate::start(&ours, server.address()).await;
    let other = ActiveGate::start(&theirs, server.address()).await;

    let usual = HyperTransport::new();
    let with_our_root = HyperTransport::builder()
        .add_root_certificates_pem(ours.0.pem().as_bytes())
        .unwrap()
        .build();
    assert!(active_gate.list(&with_our_root).await.unwrap() > 0);
    other.is_refused_by(&with_our_root).await;
    active_gate.is_refused_by(&usual).await;
    other.is_refused_by(&usual).await;
    server.shutdown().await;
}
