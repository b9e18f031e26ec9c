//! Runs of the examples.

#![allow(
    dead_code,
    reason = "a main function that reads arguments is not called"
)]
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

#[path = "../examples/environments.rs"]
mod environments;
#[path = "../examples/list_and_export.rs"]
mod list_and_export;
#[path = "../examples/rotate.rs"]
mod rotate;
#[path = "../examples/tower.rs"]
mod tower_layers;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dt_client::models::{ActiveGateTokenCreate, ActiveGateType};
use dt_client::{ApiToken, Client, TokioClock};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{Transport as _, TransportError, TransportErrorKind, from_fn};
use tokio::task::JoinSet;

fn client(emulator: &Emulator, token: &str) -> Client {
    Client::builder("https://abc12345.live.dynatrace.com")
        .credentials(ApiToken::new(token).unwrap())
        .build_with(emulator.clone(), TokioClock::new())
        .unwrap()
}

fn seeded() -> Client {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    client(&emulator, well_known::DT_TOKEN)
}

#[tokio::test]
async fn list_and_export_writes_a_row_for_every_token() {
    let mut csv = Vec::new();
    list_and_export::export(&seeded(), None, &mut csv)
        .await
        .unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), 5, "{csv}");
    assert!(csv.starts_with("id,name,owner,created,expires\ndt0g02."));
}

#[tokio::test]
async fn rotate_replaces_a_token_and_keeps_it_when_the_new_one_cannot_be_delivered() {
    let client = seeded();
    let tokens = client.active_gate_tokens();
    let count = async || tokens.list().items().try_collect().await.unwrap().len();
    let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let old = tokens.create(create).send().await.unwrap();
    assert_eq!(count().await, 5);

    let refused = rotate::rotate(&client, &old.id, |_| Err("no".into())).await;
    assert_eq!(refused.unwrap_err().to_string(), "no");
    assert_eq!(count().await, 5);
    assert!(tokens.get(&old.id).send().await.is_ok());

    let mut handed_over = None;
    let new = rotate::rotate(&client, &old.id, |secret| {
        handed_over = Some(secret.clone());
        Ok(())
    });
    let new = new.await.unwrap();
    assert!(handed_over.unwrap().expose().starts_with(new.as_str()));
    let token = tokens.get(&new).send().await.unwrap();
    assert_eq!(token.name.as_deref(), Some("edge-7"));
    assert!(tokens.get(&old.id).send().await.unwrap_err().is_not_found());
    assert_eq!(count().await, 5);
}

#[tokio::test]
async fn rotate_leaves_nothing_behind_when_the_response_to_the_create_is_lost() {
    let emulator = Emulator::memory().unwrap();
    let client = client(&emulator, well_known::DT_TOKEN);
    let create = ActiveGateTokenCreate::new("edge-7", ActiveGateType::Environment);
    let old = client.active_gate_tokens().create(create).send().await;
    let old = old.unwrap().id;

    let behind = emulator.clone();
    let losing = from_fn(move |request: http::Request<_>| {
        let is_create = request.method() == http::Method::POST;
        let response = behind.handle(request);
        async move {
            if is_create {
                return Err(TransportError::new(TransportErrorKind::Interrupted));
            }
            Ok(response)
        }
    });
    let losing = Client::builder("https://abc12345.live.dynatrace.com")
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(losing, TokioClock::new())
        .unwrap();
    let lost = rotate::rotate(&losing, &old, |_| panic!("there is nothing to hand over"));
    assert!(lost.await.is_err());
    let left = client.active_gate_tokens().list().send().await.unwrap();
    assert_eq!(left.items.len(), 1);
    assert_eq!(left.items[0].id, old);
}

#[tokio::test]
async fn the_inventory_contains_every_environment_whichever_fails() {
    let wrong = client(&Emulator::memory().unwrap(), "dt0c01.UNKNOWN.UNKNOWN");
    let clients = [("b", wrong), ("a", seeded()), ("c", seeded())];
    let clients = clients.map(|(name, client)| (name.to_owned(), client));
    for at_once in [1, 2, 8] {
        let found = environments::inventory(clients.clone(), at_once).await;
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(found["a"].as_ref().unwrap().count, 4);
        assert!(
            found["b"]
                .as_ref()
                .is_err_and(|error| error.is_unauthorized())
        );
    }
}

#[test]
fn the_examples_run_to_their_end() {
    rotate::main().unwrap();
    environments::main().unwrap();
    tower_layers::main().unwrap();
}

#[tokio::test]
async fn the_layers_of_tower_let_four_requests_through_at_once_and_log_each() {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counting = from_fn({
        let most = most.clone();
        move |request| {
            let (emulator, under_way, most) = (emulator.clone(), under_way.clone(), most.clone());
            async move {
                let count = under_way.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(count, Ordering::SeqCst);
                // The others run to their end.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                under_way.fetch_sub(1, Ordering::SeqCst);
                emulator.send(request).await
            }
        }
    });
    let statuses = Arc::new(Mutex::new(Vec::new()));
    let observe = {
        let statuses = statuses.clone();
        move |status: http::StatusCode, _| statuses.lock().unwrap().push(status.as_u16())
    };
    let client = Client::builder("https://abc12345.live.dynatrace.com")
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(tower_layers::layered(counting, observe), ManualClock::new())
        .unwrap();
    let mut lists = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        lists.spawn(async move { client.active_gate_tokens().list().send().await });
    }
    for page in lists.join_all().await {
        assert_eq!(page.unwrap().items.len(), 4);
    }
    assert_eq!(most.load(Ordering::SeqCst), 4);
    assert_eq!(*statuses.lock().unwrap(), [200; 8]);
}
