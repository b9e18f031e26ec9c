//! What every crate says at TRACE while both clients work, searched for the secrets that went over the wire.
//!
//! Whoever turns on the logging of one crate turns it on for all who use it, so it is turned on here wherever there is one.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod listener;
mod mirror;
mod pki;
mod proxy;
mod server;
mod wire;

use std::sync::Arc;

use gatelet_hyper::{HyperTransport, HyperTransportBuilder, TokioClock};
use gatelet_test_support::pki::Identity;
use gatelet_transport::{AnyTransport, Error, RetryPolicy};
use gatelet_wire_tests::{
    Caller, Cut, Ending, Framing, Operation, Point, Role, Server as Cutting, Target, World,
};

use listener::Listener;
use pki::{secret, trusting, with_certificate};
use proxy::Proxy;
use server::Server;
use wire::{Secret, Wire};

/// The host behind the proxies: those on loopback are never reached through one.
const HOST: &str = "service.example";

/// What is between the two ends, and what has been said.
struct Scene {
    listener: Listener,
    world: Arc<World>,
    wire: Wire,
}

impl Scene {
    async fn new() -> Self {
        Self {
            listener: Listener::start().await,
            world: Arc::new(World::at(TokioClock::new()).await),
            wire: Wire::default(),
        }
    }

    /// Every operation, by one who may and by one who may not, on what is there and on what is not.
    async fn play(&self, origin: &str, builder: HyperTransportBuilder) {
        let builder = builder.accept_gzip();
        self.listener.hear(&format!("{builder:#?}"));
        let transport = AnyTransport::new(builder.build());
        self.listener.hear(&format!("{transport:#?}"));
        for role in [Role::Writer, Role::Refused] {
            for operation in Operation::all() {
                let there = self.world.target(operation).await;
                for target in [there, Target("nowhere".into())] {
                    let origin = origin.to_owned();
                    self.call(role, origin, transport.clone(), operation, &target)
                        .await;
                }
            }
        }
    }

    /// One call. What a caller is given may hold a secret; what an error says may not.
    async fn call(
        &self,
        role: Role,
        origin: String,
        transport: AnyTransport,
        operation: Operation,
        target: &Target,
    ) {
        let (clock, retry) = (TokioClock::new(), RetryPolicy::never());
        let caller = Caller::new(role, origin, transport, clock, retry);
        if let Err(error) = caller.call(&self.world, operation, target).await {
            self.listener.hear(&told(&error));
        }
    }

    /// Whether all went over the wire that should have, and nothing of it was said.
    fn check(&self, more: impl IntoIterator<Item = Secret>) {
        let answers = |status| self.wire.answers(status);
        let good = [answers(200), answers(201), answers(204)];
        assert!(good.iter().all(|count| *count >= 4), "{good:?}");
        let bad = [answers(401), answers(403), answers(404)];
        assert!(bad.iter().all(|count| *count >= 1), "{bad:?}");
        self.search(more);
    }

    fn search(&self, more: impl IntoIterator<Item = Secret>) {
        let mut secrets = self.wire.secrets();
        secrets.extend(more);
        for kind in ["credential", "body", "key_secret", "bearer_token", "token"] {
            assert!(secrets.iter().any(|secret| secret.what == kind), "{kind}");
        }
        for secret in secrets {
            let found = self.listener.find(&secret);
            assert_eq!(found, None, "{}", secret.what);
        }
    }

    fn was_said(&self, words: &[&str]) {
        for word in words {
            assert!(self.listener.was_said(word), "{word}");
        }
    }
}

/// All that an error says of itself.
fn told(error: &Error) -> String {
    let mut text = format!("{error} {error:#} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn what_is_said_is_found_in_whatever_form() {
    let listener = Listener::start().await;
    let secret = Secret::new("a test", "a-canary-that-is-found");
    assert_eq!(listener.find(&secret), None);
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
        pki::base64(&secret.bytes),
    ];
    for form in &forms {
        tracing::trace!(form, "by a field");
        assert!(listener.find(&secret).is_some(), "{form}");
        listener.forget();
        let span = tracing::trace_span!("span", %form, late = tracing::field::Empty);
        assert!(listener.find(&secret).is_some(), "{form}");
        listener.forget();
        span.record("late", form);
        assert!(listener.find(&secret).is_some(), "{form}");
        listener.forget();
        log::trace!("by the other way: {form}");
        assert!(listener.find(&secret).is_some(), "{form}");
        listener.forget();
    }
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_over_plain_http() {
    let scene = Scene::new().await;
    let server = Server::plain(&scene.world, &scene.wire).await;
    let origin = format!("http://localhost:{}", server.port());
    scene.play(&origin, HyperTransport::builder()).await;
    scene.was_said(&["gatelet_transport", "network.protocol.version=1.1"]);
    scene.check([]);
}

async fn over_tls(protocol: &str, words: &[&str]) {
    let scene = Scene::new().await;
    let (identity, client) = (
        Identity::self_signed("localhost", |_| {}),
        Identity::self_signed("client", |_| {}),
    );
    let server = Server::tls(
        &scene.world,
        &scene.wire,
        pki::server(&identity, protocol, Some(&client)),
    )
    .await;
    let origin = format!("https://localhost:{}", server.port());
    scene
        .play(&origin, with_certificate(trusting(&identity), &client))
        .await;
    scene.was_said(words);
    scene.check([secret(&client)]);
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_over_tls_with_http_1() {
    over_tls("http/1.1", &["rustls::", "network.protocol.version=1.1"]).await;
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_over_tls_with_http_2() {
    over_tls("h2", &["rustls::", "h2::", "network.protocol.version=2"]).await;
}

// T70
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_on_the_way_through_a_proxy() {
    let scene = Scene::new().await;
    let server = Server::plain(&scene.world, &scene.wire).await;
    let proxy = Proxy::to(server.port());
    let builder = HyperTransport::builder().proxies(proxy.for_http());
    scene.play(&format!("http://{HOST}:8080"), builder).await;
    scene.check(proxy.secrets("GET "));
}

// T70
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_on_the_way_through_a_tunnel() {
    let scene = Scene::new().await;
    let identity = Identity::self_signed(HOST, |_| {});
    let server = Server::tls(
        &scene.world,
        &scene.wire,
        pki::server(&identity, "h2", None),
    )
    .await;
    let proxy = Proxy::to(server.port());
    let builder = trusting(&identity).proxies(proxy.for_https());
    scene.play(&format!("https://{HOST}:8443"), builder).await;
    scene.was_said(&["h2::"]);
    scene.check(proxy.secrets("CONNECT "));
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_while_connections_break() {
    let scene = Scene::new().await;
    for operation in Operation::all() {
        for (point, ending) in [
            (Point::Request(40), Ending::Reset),
            (Point::Response(40), Ending::Close),
            (Point::Response(200), Ending::Reset),
        ] {
            let target = scene.world.target(operation).await;
            let (world, wire) = (scene.world.clone(), scene.wire.clone());
            let cut = Cut {
                point,
                ending,
                framing: Framing::Chunked,
            };
            let server =
                Cutting::start(move |request| wire.carry(&world, request), Some(cut)).await;
            let transport = AnyTransport::new(HyperTransport::new());
            for _ in 0..2 {
                let (origin, transport) = (server.origin(), transport.clone());
                scene
                    .call(Role::Writer, origin, transport, operation, &target)
                    .await;
            }
            drop(transport);
            let _ = server.finish().await;
        }
    }
    scene.was_said(&["Interrupted"]);
    scene.search([]);
}

// T72
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_crate_logs_a_secret_while_no_connection_comes_about() {
    let scene = Scene::new().await;
    let (identity, client) = (
        Identity::self_signed(HOST, |_| {}),
        Identity::self_signed("client", |_| {}),
    );
    let other = Identity::self_signed("other", |_| {});
    let server = Server::tls(
        &scene.world,
        &scene.wire,
        pki::server(&identity, "h2", Some(&client)),
    )
    .await;
    let proxy = Proxy::to(server.port());
    let refusing = Proxy::refusing();
    let ways = [
        // The server is unknown to the client, or the client to the server, or to the proxy.
        with_certificate(trusting(&other), &client).proxies(proxy.for_https()),
        with_certificate(trusting(&identity), &other).proxies(proxy.for_https()),
        trusting(&identity).proxies(proxy.for_https()),
        with_certificate(trusting(&identity), &client).proxies(refusing.for_https()),
    ];
    for way in ways {
        scene.play(&format!("https://{HOST}:8443"), way).await;
    }
    assert_eq!(scene.wire.exchanges(), 0);
    scene.was_said(&["Tls", "ProxyCredentials", "rustls::"]);
    let known = [
        ("key_secret", gatelet_emulator::well_known::ASA_KEY_SECRET),
        ("credential", gatelet_emulator::well_known::DT_TOKEN),
    ];
    let known = known.map(|(what, text)| Secret::new(what, text));
    let private = [secret(&client), secret(&other)].into_iter();
    let secrets = private.chain(known).chain(refusing.secrets("CONNECT "));
    for secret in secrets.chain(proxy.secrets("CONNECT ")) {
        assert_eq!(scene.listener.find(&secret), None, "{}", secret.what);
    }
}
