//! Bearers that expire after a second, and a client whose clock may be wrong.

#![allow(clippy::unwrap_used, reason = "a failed assumption fails the test")]

use std::time::Duration;

use asa_client::{Client, ServiceUser};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::{FaultInjector, ManualClock};

/// Creates a client of an emulator whose bearers expire after a second, and the injector that counts its requests.
fn client(server: &ManualClock, own: &ManualClock) -> (Client, FaultInjector<Emulator>) {
    let emulator = Emulator::memory()
        .unwrap()
        .with_clock(server.clone())
        .with_bearer_lifetime(Duration::from_secs(1));
    let counted = FaultInjector::script(emulator, own.clone(), []);
    let client = Client::builder(well_known::ASA_TEAM)
        .credentials(ServiceUser::new(
            well_known::ASA_KEY_ID,
            well_known::ASA_KEY_SECRET,
        ))
        .build_with(counted.clone(), own.clone())
        .unwrap();
    (client, counted)
}

// E40
#[tokio::test]
async fn a_client_gets_a_new_bearer_in_time() {
    let clock = ManualClock::new();
    let (client, counted) = client(&clock, &clock);
    for _ in 0..10 {
        client.gateways().list().send().await.unwrap();
        clock.advance(Duration::from_millis(1500));
    }
    // A token exchange and a list request each time; none was refused.
    assert_eq!(counted.injected().len(), 20);
}

// E40
#[tokio::test]
async fn a_client_whose_clock_stands_still_replaces_a_refused_bearer() {
    let (server, own) = (ManualClock::new(), ManualClock::auto());
    let (client, counted) = client(&server, &own);
    client.gateways().list().send().await.unwrap();
    assert_eq!(counted.injected().len(), 2);
    for calls in 1..5 {
        server.advance(Duration::from_secs(2));
        client.gateways().list().send().await.unwrap();
        // Refused, exchanged, retried.
        assert_eq!(counted.injected().len(), 2 + 3 * calls);
    }
}
