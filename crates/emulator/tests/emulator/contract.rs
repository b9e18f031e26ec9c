//! The emulator passes the contract of every transport.

use gatelet_emulator::Emulator;
use gatelet_transport::testing::contract;

#[tokio::test]
async fn the_emulator_keeps_the_contract() {
    let emulator = Emulator::memory().unwrap();
    contract::check_server(emulator, "https://app.scaleft.com").await;
}
