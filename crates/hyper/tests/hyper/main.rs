//! `HyperTransport` over real sockets: against a scripted server, byte for byte, and against servers over TLS.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed assumption fails the test.

mod calls;
mod exchange;
mod fields;
mod frames;
mod framing;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "_tls")]
mod handshakes;
#[cfg(feature = "_tls")]
mod http2;
#[cfg(feature = "_tls")]
mod https_server;
mod lifetime;
mod load;
mod path;
#[cfg(feature = "_tls")]
mod pki;
mod pool;
mod proxy;
#[cfg(feature = "_tls")]
mod proxy_protocols;
mod runtimes;
mod script;
mod send_tracker;
#[cfg(feature = "_tls")]
mod stalled_streams;
mod stopped_clock;
mod stream;
mod suspects;
mod test_server;
#[cfg(feature = "_tls")]
mod trust;
#[cfg(feature = "_tls")]
mod tunnel;

use std::time::Duration;

use gatelet_hyper::{HyperTransport, HyperTransportBuilder};
use gatelet_transport::{Transport, TransportError};

use script::{ServerStep, send};
use test_server::{TestServer, error_text};

/// A timeout that a test waits for, and that nothing else reaches.
const SHORT: Duration = Duration::from_millis(500);

/// Returns the error of a GET against this script, which is the same over each protocol and contains no secret.
async fn failure(script: Vec<ServerStep>) -> TransportError {
    failure_of(HyperTransport::builder(), script).await
}

async fn failure_of(builder: HyperTransportBuilder, script: Vec<ServerStep>) -> TransportError {
    let mut errors = Vec::new();
    for server in TestServer::each([script]) {
        let client = server.client(builder.clone());
        let error = client.send(server.get()).await.unwrap_err();
        error_text(&error);
        server.finish().await;
        errors.push(error);
    }
    let error = errors.pop().unwrap();
    for other in errors {
        assert_eq!((other.kind(), other.sent()), (error.kind(), error.sent()));
    }
    error
}

fn responds_with(text: &str) -> Vec<ServerStep> {
    vec![ServerStep::Read, send(text), ServerStep::ClientCloses]
}
