//! What a server that is down gets to see; `cargo xtask soak transport` asks in every combination.

use gatelet_wire_tests::amplification::{Down, Victim, requests};

// T43
#[tokio::test]
async fn a_thousand_calls_to_a_server_that_is_down_are_at_most_1036_requests_on_the_wire() {
    let seen = requests(Victim::Dt, Down::Unavailable, 1000).await;
    assert!((1000..=1036).contains(&seen), "{seen}");
}

// T43
#[tokio::test]
async fn an_exchange_with_a_server_that_refuses_connections_is_tried_within_the_same_bounds() {
    let tried = requests(Victim::AsaExchange, Down::Refuses, 1000).await;
    assert!((1..=1036).contains(&tried), "{tried}");
}
