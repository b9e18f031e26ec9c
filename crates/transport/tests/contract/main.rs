//! Every transport of this crate keeps the contract, and broken ones are found.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod broken_transports;

use bytes::Bytes;
use gatelet_transport::testing::contract::{self, OriginServer};
use gatelet_transport::testing::{
    FakeResponse, FakeTransport, FaultInjector, ManualClock, Recording, Replay,
};
use gatelet_transport::{AnyTransport, Transport, TransportError, from_fn};
use http::{Request, Response, StatusCode};

#[tokio::test]
async fn a_boxed_transport_and_a_function_keep_the_contract() {
    contract::check_wrapper(AnyTransport::new).await;
    contract::check_wrapper(|origin| {
        from_fn(move |request| {
            let origin = origin.clone();
            async move { origin.send(request).await }
        })
    })
    .await;
}

#[tokio::test]
async fn the_fake_keeps_the_contract() {
    let fake = FakeTransport::respond(|request: &Request<_>| match request.uri().path() {
        "/" => FakeResponse::json(200, "{}"),
        _ => FakeResponse::status(StatusCode::NOT_FOUND.as_u16()),
    });
    contract::check_server(fake, "https://api.example.com").await;
}

#[tokio::test]
async fn recordings_and_fault_injectors_keep_the_contract() {
    contract::check_wrapper(Recording::new).await;
    contract::check_wrapper(|origin| FaultInjector::script(origin, ManualClock::new(), [])).await;
}

/// Records a request, and replays it from the text of the cassette.
struct Again(OriginServer);

impl Transport for Again {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let recording = Recording::new(self.0.clone());
        let recorded = recording.send(request.clone()).await;
        let text = recording.cassette().to_string();
        let replay = Replay::new(text.parse().unwrap());
        let outcome = replay.send(request).await;
        replay.finish();
        let mut response = outcome?;
        // A cassette contains no extensions.
        *response.extensions_mut() = recorded?.extensions().clone();
        Ok(response)
    }
}

#[tokio::test]
async fn a_replay_keeps_the_contract_as_its_recording_did() {
    contract::check_wrapper(Again).await;
}
