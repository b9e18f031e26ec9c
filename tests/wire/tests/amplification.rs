//! The number of requests to a server that is down; `cargo xtask soak transport` tries every combination.

use gatelet_wire_tests::amplification::{CallKind, Outage, count_requests};

// T43
#[tokio::test]
async fn a_thousand_calls_to_a_server_that_is_down_make_at_most_1036_requests() {
    let seen = count_requests(CallKind::Dt, Outage::Unavailable, 1000).await;
    assert!((1000..=1036).contains(&seen), "{seen}");
}

// T43
#[tokio::test]
async fn a_token_exchange_with_refused_connections_is_tried_at_most_1036_times() {
    let tried = count_requests(CallKind::AsaExchange, Outage::Refused, 1000).await;
    assert!((1..=1036).contains(&tried), "{tried}");
}
