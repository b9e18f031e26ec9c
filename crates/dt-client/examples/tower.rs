//! Adds layers of tower to a client: at most four requests at once, and the latency of each.
//!
//! `cargo run -p dt-client --example tower`
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::time::Duration;

use dt_client::{ApiToken, Client};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{FromService, FullBody, IntoService, Transport};
use http::{Response, StatusCode};
use tokio::task::JoinSet;
use tower::ServiceBuilder;
use tower_http::trace::TraceLayer;
use tracing::Span;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;
    let tell = |status, latency| println!("{status} after {latency:?}");

    // For the real service, use `HyperTransport::new()` instead of the emulator, and `TokioClock` below.
    let client = Client::builder("https://abc.live.dynatrace.com")
        .credentials(ApiToken::new(well_known::DT_TOKEN)?)
        .build_with(layered(emulator, tell), ManualClock::new())?;

    let mut lists = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        lists.spawn(async move { client.active_gate_tokens().list().send().await });
    }
    for page in lists.join_all().await {
        println!("{} tokens", page?.items.len());
    }
    Ok(())
}

/// Returns a transport that lets four requests through at once, and logs the status and the latency of each response.
pub(crate) fn layered(
    transport: impl Transport,
    tell: impl Fn(StatusCode, Duration) + Clone + Send + 'static,
) -> impl Transport {
    let trace = TraceLayer::new_for_http().on_response(
        move |response: &Response<FullBody>, latency: Duration, _: &Span| {
            tell(response.status(), latency);
        },
    );
    let service = ServiceBuilder::new()
        .concurrency_limit(4)
        .layer(trace)
        .service(IntoService::new(transport));
    FromService::new(service)
}
