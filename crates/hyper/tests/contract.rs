//! `HyperTransport` keeps the contract of a transport.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use gatelet_hyper::HyperTransport;
use gatelet_transport::testing::contract;

fn with_body_limit(bytes: u64) -> HyperTransport {
    HyperTransport::builder().body_limit(bytes).build()
}

#[tokio::test]
async fn hyper_transport_keeps_the_contract() {
    contract::check_over_loopback(64 * 1024, || with_body_limit(64 * 1024)).await;
}

#[tokio::test]
async fn a_body_limit_other_than_the_stated_one_is_found() {
    let check = contract::check_over_loopback(1024, || with_body_limit(2000));
    let panic = tokio::spawn(check).await.unwrap_err().into_panic();
    let text = panic.downcast_ref::<String>().unwrap();
    let rule = "contract: a body above the limit is an error: ";
    assert!(text.contains(rule), "{text}");
}
