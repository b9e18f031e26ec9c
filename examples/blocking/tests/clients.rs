//! Both clients against the emulator on loopback.

use std::thread;

use asa_client::ServiceUser;
use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
use dt_client::{ApiToken, Applied, ErrorKind};
use gatelet_blocking::{BlockingClock, UreqTransport, block_on};
use gatelet_emulator::{Emulator, Server, serve, well_known};
use gatelet_transport::testing::contract;
use tokio::runtime::Runtime;

/// Starts the emulator on a free port. It runs on tokio; the clients do not.
fn server() -> (Runtime, Server) {
    let runtime = Runtime::new().unwrap();
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = runtime.block_on(serve(emulator, address)).unwrap();
    (runtime, server)
}

fn dt(url: &str) -> dt_client::Client {
    dt_client::Client::builder(url)
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(UreqTransport::new(), BlockingClock::new())
        .unwrap()
}

#[test]
fn tokens_are_created_listed_and_deleted() {
    let (_runtime, server) = server();
    let client = dt(&format!("http://{}", server.address()));
    let tokens = client.active_gate_tokens();
    let edge = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let created = block_on(tokens.create(edge).send()).unwrap();
    let mut items = tokens.list().items();
    let mut names = Vec::new();
    while let Some(token) = block_on(items.try_next()).unwrap() {
        names.extend(token.name);
    }
    assert!(names.contains(&"edge-7".to_owned()));
    block_on(tokens.delete(&created.id).send()).unwrap();
    let error = block_on(tokens.get(&created.id).send()).unwrap_err();
    assert!(error.is_not_found());
}

#[test]
fn threads_share_one_token_exchange() {
    let (_runtime, server) = server();
    let key = ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
    let client = asa_client::Client::builder(well_known::ASA_TEAM)
        .endpoint(format!("http://{}", server.address()))
        .credentials(key)
        .build_with(UreqTransport::new(), BlockingClock::new())
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let gateways = block_on(client.gateways().list().send()).unwrap();
                assert!(gateways.items.len() >= 2);
            });
        }
    });
}

/// Checks the responses alone. The rest of the contract is for transports that a dropped future stops; a blocking call cannot
/// be stopped.
#[test]
fn the_transport_returns_every_response_unchanged() {
    let (_runtime, server) = server();
    let address = format!("http://{}", server.address());
    block_on(contract::check_server(UreqTransport::new(), &address));
}

#[test]
fn a_refused_connection_is_tried_three_times() {
    let client = dt("http://127.0.0.1:1");
    let edge = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let create = client.active_gate_tokens().create(edge);
    let error = block_on(create.send()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error}");
    assert_eq!((error.attempts(), error.applied()), (3, Applied::No));
}
