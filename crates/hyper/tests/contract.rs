//! `HyperTransport` keeps the contract of a transport.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use bytes::Bytes;
use gatelet_hyper::HyperTransport;
use gatelet_transport::testing::contract;
use gatelet_transport::{BodyLimit, Transport, from_fn};
use http::Request;

fn with_body_limit(bytes: u64) -> HyperTransport {
    HyperTransport::builder().body_limit(bytes).build()
}

#[tokio::test]
async fn hyper_transport_keeps_the_contract() {
    contract::check_over_loopback(64 * 1024, || with_body_limit(64 * 1024)).await;
}

#[tokio::test]
async fn a_body_limit_other_than_the_stated_one_is_found() {
    exceeds_limit(1024, || with_body_limit(2000)).await;
}

#[tokio::test]
async fn a_transport_that_ignores_the_body_limit_of_the_call_is_found() {
    exceeds_limit(1024, || {
        let transport = with_body_limit(1024);
        from_fn(move |mut request: Request<Bytes>| {
            let transport = transport.clone();
            async move {
                request.extensions_mut().remove::<BodyLimit>();
                transport.send(request).await
            }
        })
    })
    .await;
}

/// Checks transports that must be found to exceed a body limit.
async fn exceeds_limit<T: Transport>(limit: u64, make: impl Fn() -> T + Send + Sync + 'static) {
    let check = async move { contract::check_over_loopback(limit, make).await };
    let panic = tokio::spawn(check).await.unwrap_err().into_panic();
    let text = panic.downcast_ref::<String>().unwrap();
    let rule = "contract: a body above the limit is an error: ";
    assert!(text.contains(rule), "{text}");
}
