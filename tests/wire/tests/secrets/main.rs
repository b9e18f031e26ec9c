//! Searches the logs of every crate at level TRACE for the secrets in the traffic of both clients.
//!
//! Any crate may enable the logging feature of another one, so all of them are enabled here.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod log_capture;
mod mirror;
mod pki;
mod proxy;
mod server;
mod traffic;

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use gatelet_hyper::{HyperTransport, HyperTransportBuilder, TokioClock};
use gatelet_test_support::pki::Identity;
use gatelet_transport::{AnyTransport, Error, RetryPolicy};
use gatelet_wire_tests::{
    Cut, CutKind, Fixture, Framing, Operation, Point, Role, Server as CuttingServer, Target,
    TestClient,
};

use log_capture::LogCapture;
use pki::{secret, trusting, with_certificate};
use proxy::Proxy;
use server::Server;
use traffic::{Secret, Traffic};

/// The host behind the proxies: loopback hosts are never reached through a proxy.
const HOST: &str = "service.example";

/// A fixture, its traffic and the logs.
struct Scenario {
    logs: LogCapture,
    fixture: Arc<Fixture>,
    traffic: Traffic,
}

impl Scenario {
    async fn new() -> Self {
        Self {
            logs: LogCapture::start().await,
            fixture: Arc::new(Fixture::with_clock(TokioClock::new())),
            traffic: Traffic::default(),
        }
    }

    /// Calls every operation with an existing and an unknown id, with and without permission.
    async fn call_everything(&self, origin: &str, builder: HyperTransportBuilder) {
        let builder = builder.accept_gzip();
        self.logs.add(&format!("{builder:#?}"));
        let transport = AnyTransport::new(builder.build());
        self.logs.add(&format!("{transport:#?}"));
        for role in [Role::Writer, Role::Refused] {
            for operation in Operation::all() {
                let existing = self.fixture.target(operation).await;
                for target in [existing, Target::of(operation, "nowhere")] {
                    let origin = origin.to_owned();
                    self.call(role, origin, transport.clone(), operation, &target)
                        .await;
                }
            }
        }
    }

    /// Makes one call, and captures its error, which must not contain a secret.
    async fn call(
        &self,
        role: Role,
        origin: String,
        transport: AnyTransport,
        operation: Operation,
        target: &Target,
    ) {
        let (clock, retry) = (TokioClock::new(), RetryPolicy::never());
        let client = TestClient::new(role, origin, transport, clock, retry);
        if let Err(error) = client.call(&self.fixture, operation, target).await {
            self.logs.add(&error_texts(&error));
        }
    }

    /// Checks that every kind of response was sent, and that no secret of the traffic was logged.
    fn check(&self, more: impl IntoIterator<Item = Secret>) {
        let responses = |status| self.traffic.count_responses(status);
        let good = [responses(200), responses(201), responses(204)];
        assert!(good.iter().all(|count| *count >= 4), "{good:?}");
        let bad = [responses(401), responses(403), responses(404)];
        assert!(bad.iter().all(|count| *count >= 1), "{bad:?}");
        self.search(more);
    }

    /// Checks that no secret of the traffic was logged.
    fn search(&self, more: impl IntoIterator<Item = Secret>) {
        let mut secrets = self.traffic.secrets();
        secrets.extend(more);
        for kind in ["credential", "body", "key_secret", "bearer_token", "token"] {
            assert!(secrets.iter().any(|secret| secret.what == kind), "{kind}");
        }
        for secret in secrets {
            let found = self.logs.find(&secret);
            assert_eq!(found, None, "{}", secret.what);
        }
    }

    fn assert_logged(&self, words: &[&str]) {
        for word in words {
            assert!(self.logs.contains(word), "{word}");
        }
    }
}

/// Returns every text of an error and its causes.
fn error_texts(error: &Error) -> String {
    let mut text = format!("{error} {error:#} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn a_logged_secret_is_found_in_every_notation() {
    let logs = LogCapture::start().await;
    let secret = Secret::new("a test", "a-canary-that-is-found");
    assert_eq!(logs.find(&secret), None);
    let hexadecimal: String = secret
        .bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let forms = [
        "a-canary-that-is and no more".to_owned(),
        "no more than canary-that-is-found".to_owned(),
        format!("{:?}", secret.bytes),
        format!("{:?}", bytes::Bytes::from(secret.bytes.clone())),
        hexadecimal.to_uppercase(),
        hexadecimal,
        BASE64_STANDARD.encode(&secret.bytes),
    ];
    for form in &forms {
        tracing::trace!(form, "by a field");
        assert!(logs.find(&secret).is_some(), "{form}");
        logs.clear();
        let span = tracing::trace_span!("span", %form, late = tracing::field::Empty);
        assert!(logs.find(&secret).is_some(), "{form}");
        logs.clear();
        span.record("late", form);
        assert!(logs.find(&secret).is_some(), "{form}");
        logs.clear();
        log::trace!("by log: {form}");
        assert!(logs.find(&secret).is_some(), "{form}");
        logs.clear();
    }
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_over_plain_http() {
    let scenario = Scenario::new().await;
    let server = Server::plain(&scenario.fixture, &scenario.traffic).await;
    let origin = format!("http://localhost:{}", server.port());
    scenario
        .call_everything(&origin, HyperTransport::builder())
        .await;
    scenario.assert_logged(&["gatelet_transport", "network.protocol.version=1.1"]);
    scenario.check([]);
}

async fn check_over_tls(protocol: &str, words: &[&str]) {
    let scenario = Scenario::new().await;
    let (identity, client) = (
        Identity::self_signed("localhost", |_| {}),
        Identity::self_signed("client", |_| {}),
    );
    let server = Server::tls(
        &scenario.fixture,
        &scenario.traffic,
        pki::server_config(&identity, protocol, Some(&client)),
    )
    .await;
    let origin = format!("https://localhost:{}", server.port());
    scenario
        .call_everything(&origin, with_certificate(trusting(&identity), &client))
        .await;
    scenario.assert_logged(words);
    scenario.check([secret(&client)]);
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_over_tls_with_http_1() {
    check_over_tls("http/1.1", &["rustls::", "network.protocol.version=1.1"]).await;
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_over_tls_with_http_2() {
    check_over_tls("h2", &["rustls::", "h2::", "network.protocol.version=2"]).await;
}

// T70
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_through_a_proxy() {
    let scenario = Scenario::new().await;
    let server = Server::plain(&scenario.fixture, &scenario.traffic).await;
    let proxy = Proxy::to(server.port());
    let builder = HyperTransport::builder().proxies(proxy.for_http());
    scenario
        .call_everything(&format!("http://{HOST}:8080"), builder)
        .await;
    scenario.check(proxy.secrets("GET "));
}

// T70
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_through_a_tunnel() {
    let scenario = Scenario::new().await;
    let identity = Identity::self_signed(HOST, |_| {});
    let server = Server::tls(
        &scenario.fixture,
        &scenario.traffic,
        pki::server_config(&identity, "h2", None),
    )
    .await;
    let proxy = Proxy::to(server.port());
    let builder = trusting(&identity).proxies(proxy.for_https());
    scenario
        .call_everything(&format!("https://{HOST}:8443"), builder)
        .await;
    scenario.assert_logged(&["h2::"]);
    scenario.check(proxy.secrets("CONNECT "));
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_while_connections_break() {
    let scenario = Scenario::new().await;
    for operation in Operation::all() {
        for (point, kind) in [
            (Point::Request(40), CutKind::Reset),
            (Point::Response(40), CutKind::Close),
            (Point::Response(200), CutKind::Reset),
        ] {
            let target = scenario.fixture.target(operation).await;
            let (fixture, traffic) = (scenario.fixture.clone(), scenario.traffic.clone());
            let cut = Cut {
                point,
                kind,
                framing: Framing::Chunked,
            };
            let server =
                CuttingServer::start(move |request| traffic.respond(&fixture, request), Some(cut))
                    .await;
            let transport = AnyTransport::new(HyperTransport::new());
            for _ in 0..2 {
                let (origin, transport) = (server.origin(), transport.clone());
                scenario
                    .call(Role::Writer, origin, transport, operation, &target)
                    .await;
            }
            drop(transport);
            let _ = server.finish().await;
        }
    }
    scenario.assert_logged(&["Interrupted"]);
    scenario.search([]);
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_while_connecting_fails() {
    let scenario = Scenario::new().await;
    let (identity, client) = (
        Identity::self_signed(HOST, |_| {}),
        Identity::self_signed("client", |_| {}),
    );
    let other = Identity::self_signed("other", |_| {});
    let server = Server::tls(
        &scenario.fixture,
        &scenario.traffic,
        pki::server_config(&identity, "h2", Some(&client)),
    )
    .await;
    let proxy = Proxy::to(server.port());
    let refusing = Proxy::refusing();
    let builders = [
        // The client rejects the server, the server rejects the client (twice), or the proxy rejects the client.
        with_certificate(trusting(&other), &client).proxies(proxy.for_https()),
        with_certificate(trusting(&identity), &other).proxies(proxy.for_https()),
        trusting(&identity).proxies(proxy.for_https()),
        with_certificate(trusting(&identity), &client).proxies(refusing.for_https()),
    ];
    for builder in builders {
        scenario
            .call_everything(&format!("https://{HOST}:8443"), builder)
            .await;
    }
    assert_eq!(scenario.traffic.count_exchanges(), 0);
    scenario.assert_logged(&["Tls", "ProxyCredentials", "rustls::"]);
    let known = [
        ("key_secret", gatelet_emulator::well_known::ASA_KEY_SECRET),
        ("credential", gatelet_emulator::well_known::DT_TOKEN),
    ];
    let known = known.map(|(what, text)| Secret::new(what, text));
    let private = [secret(&client), secret(&other)].into_iter();
    let secrets = private.chain(known).chain(refusing.secrets("CONNECT "));
    for secret in secrets.chain(proxy.secrets("CONNECT ")) {
        assert_eq!(scenario.logs.find(&secret), None, "{}", secret.what);
    }
}
