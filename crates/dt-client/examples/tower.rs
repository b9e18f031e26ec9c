//! tower's layers around a client: at most four requests at once, and each with its latency.
//!
//! `cargo run -p dt-client --example tower`
#![allow(clippy::print_stdout, reason = "it shows what happens")]

use dt_client::{ApiToken, Client};
use emulator::{Emulator, well_known};
use tokio::task::JoinSet;
use tower::ServiceBuilder;
use tower_http::trace::TraceLayer;
use transport::testing::ManualClock;
use transport::{FromService, IntoService};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;

    // Around the real service it is `IntoService::new(HyperTransport::new())`, and `TokioClock` below.
    let service = ServiceBuilder::new()
        .concurrency_limit(4)
        .layer(TraceLayer::new_for_http().on_response(
            |response: &http::Response<_>, latency, _: &tracing::Span| {
                println!("{} after {latency:?}", response.status());
            },
        ))
        .service(IntoService::new(emulator));

    let client = Client::builder("https://abc.live.dynatrace.com")
        .credentials(ApiToken::new(well_known::DT_TOKEN)?)
        .build_with(FromService::new(service), ManualClock::new())?;

    let mut listings = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        listings.spawn(async move { client.active_gate_tokens().list().send().await });
    }
    for page in listings.join_all().await {
        println!("{} tokens", page?.items.len());
    }
    Ok(())
}
