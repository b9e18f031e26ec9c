//! Every transport of this crate keeps the contract, and the contract finds those that do not.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod liars;

use gatelet_transport::testing::{Answer, FakeTransport, contract};
use gatelet_transport::{AnyTransport, Transport, from_fn};
use http::{Request, StatusCode};

#[cfg(feature = "hyper")]
#[tokio::test]
async fn hyper_keeps_the_contract() {
    use gatelet_transport::HyperTransport;
    let limit = 64 * 1024;
    contract::over_loopback(limit, || {
        HyperTransport::builder().max_body_size(limit).build()
    })
    .await;
}

#[tokio::test]
async fn a_boxed_transport_and_a_function_keep_the_contract() {
    contract::around(AnyTransport::new).await;
    contract::around(|origin| {
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
        "/" => Answer::json(200, "{}"),
        _ => Answer::status(StatusCode::NOT_FOUND.as_u16()),
    });
    contract::of_server(fake, "https://api.example.com").await;
}
