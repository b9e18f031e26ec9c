//! Every operation against the emulator, which keeps state and the vendor's rules.

use asa_client::models::{
    Gateway, GatewaySetupTokenCreate, GatewayStatus, GatewayUpdate, Patch, RegistrationType,
    Secret, ServiceUserCreate, ServiceUserUpdate, UserStatus,
};
use asa_client::{
    Client, CredentialFailure, ErrorKind, ListGatewaysQuery, ListRequest, ServiceUser,
};
use gatelet_emulator::{Emulator, Role, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::testing::ManualClock;

const TEAM: &str = "operations";

/// Returns an emulator and a client of it that share a clock.
fn world() -> (Emulator, Client, ManualClock) {
    let clock = ManualClock::auto();
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    let client = client(&emulator, &clock, TEAM, Role::AccessAdmin);
    (emulator, client, clock)
}

fn client(emulator: &Emulator, clock: &ManualClock, team: &str, role: Role) -> Client {
    let secret = Secret::new("secret-of-the-test");
    emulator
        .add_service_user(team, "key", &secret, role)
        .unwrap();
    Client::builder(team)
        .credentials(ServiceUser::new("key", secret))
        .build_with(emulator.clone(), clock.clone())
        .unwrap()
}

#[tokio::test]
async fn a_setup_token_is_created_revealed_and_deleted() {
    let (_, client, _) = world();
    let tokens = client.gateway_setup_tokens();
    let create = GatewaySetupTokenCreate::new()
        .with_description("edge")
        .with_labels([("env", "dev"), ("region", "eu")]);
    let created = tokens.create(create).send().await.unwrap();
    assert_eq!(created.registration_type, RegistrationType::GatewayAgent);
    assert_eq!(created.description.as_deref(), Some("edge"));

    let read = tokens.get(&created.id).send().await.unwrap();
    assert_eq!(read.id, created.id);
    let labels = read.details.unwrap().labels.unwrap();
    assert_eq!(labels["region"], "eu");
    let listed = tokens.list().items().try_collect().await.unwrap();
    assert_eq!(listed.len(), 1);

    let value = tokens.reveal(&created.id).send().await.unwrap();
    assert!(!value.expose().is_empty());
    assert_eq!(value, tokens.reveal(&created.id).send().await.unwrap());

    assert!(
        !tokens
            .delete(&created.id)
            .send()
            .await
            .unwrap()
            .was_already_gone
    );
    let gone = [
        tokens.get(&created.id).send().await.map(drop),
        tokens.reveal(&created.id).send().await.map(drop),
        tokens.delete(&created.id).send().await.map(drop),
    ];
    for result in gone {
        assert!(result.unwrap_err().is_not_found());
    }
    assert!(tokens.list().send().await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_gateway_is_enrolled_updated_and_deleted() {
    let (emulator, client, _) = world();
    let tokens = client.gateway_setup_tokens();
    let token = tokens
        .create(GatewaySetupTokenCreate::new())
        .send()
        .await
        .unwrap();
    let value = tokens.reveal(&token.id).send().await.unwrap();
    let enrolled = emulator
        .enroll_gateway(&value, GatewayUpdate::new("eu-1").with_description("first"))
        .unwrap();

    let gateways = client.gateways();
    let gateway = gateways.get(&enrolled.id).send().await.unwrap();
    assert_eq!(gateway.name, "eu-1");
    let status = gateways.status(&gateway.id).send().await.unwrap();
    assert_eq!(status.status, Some(GatewayStatus::Online));

    // Members that the update does not name stay; those it clears are gone.
    let update = GatewayUpdate::from(&gateway).with_refuse_connections(true);
    gateways.update(&gateway.id, update).send().await.unwrap();
    let read = gateways.get(&gateway.id).send().await.unwrap();
    assert!(read.refuse_connections);
    assert_eq!(read.description.as_deref(), Some("first"));
    let mut update = GatewayUpdate::from(&read);
    update.description = Patch::Clear;
    gateways.update(&gateway.id, update).send().await.unwrap();
    let read = gateways.get(&gateway.id).send().await.unwrap();
    assert_eq!(read.description, None);

    gateways.delete(&gateway.id).send().await.unwrap();
    let gone = [
        gateways.get(&gateway.id).send().await.map(drop),
        gateways.status(&gateway.id).send().await.map(drop),
        gateways.delete(&gateway.id).send().await.map(drop),
        gateways
            .update(&gateway.id, GatewayUpdate::new("n"))
            .send()
            .await,
    ];
    for result in gone {
        assert!(result.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn gateways_are_listed_page_by_page_each_once() {
    let (emulator, client, _) = world();
    let tokens = client.gateway_setup_tokens();
    let token = tokens
        .create(GatewaySetupTokenCreate::new())
        .send()
        .await
        .unwrap();
    let value = tokens.reveal(&token.id).send().await.unwrap();
    for number in 0..25 {
        let place = if number % 2 == 0 { "eu" } else { "us" };
        let gateway = GatewayUpdate::new(format!("{place}-{number:02}"));
        emulator.enroll_gateway(&value, gateway).unwrap();
    }
    let names = async |list: ListRequest<Gateway, ListGatewaysQuery>| {
        let gateways = list.items().try_collect().await.unwrap();
        gateways
            .into_iter()
            .map(|gateway| gateway.name)
            .collect::<Vec<_>>()
    };
    let list = || client.gateways().list();
    let all = names(list()).await;
    assert_eq!(all.len(), 25);
    for size in [1, 7, 24, 25, 26, 1000] {
        assert_eq!(names(list().page_size(size)).await, all, "{size}");
    }
    let mut reversed = names(list().page_size(7).query(|query| query.descending(true))).await;
    let oldest_first = names(list().page_size(7).query(|query| query.descending(false))).await;
    reversed.reverse();
    assert_eq!(reversed, oldest_first);
    let european = names(list().page_size(5).query(|query| query.contains("eu-"))).await;
    assert_eq!(european.len(), 13);
    assert!(european.iter().all(|name| name.starts_with("eu-")));

    // One page at a time, with the token carried as text.
    let mut found = Vec::new();
    let mut page = list().page_size(10).send().await.unwrap();
    loop {
        let next = page
            .next_page_token
            .as_ref()
            .unwrap()
            .as_ref()
            .map(ToString::to_string);
        found.extend(page.into_iter().map(|gateway| gateway.name));
        let Some(next) = next else { break };
        page = list()
            .page_token(next.parse().unwrap())
            .send()
            .await
            .unwrap();
    }
    assert_eq!(found, all);
}

#[tokio::test]
async fn a_service_user_is_created_disabled_and_found() {
    let (_, client, _) = world();
    let users = client.service_users();
    let created = users.create(ServiceUserCreate::new("deploy bot")).send();
    let created = created.await.unwrap();
    assert_eq!(created.status, UserStatus::Active);
    let again = users.create(ServiceUserCreate::new("deploy bot")).send();
    assert_eq!(again.await.unwrap_err().status().unwrap().as_u16(), 409);

    let read = users.get("deploy bot").send().await.unwrap();
    let update = ServiceUserUpdate::from(&read).with_status(UserStatus::Disabled);
    let updated = users.update("deploy bot", update).send().await.unwrap();
    assert_eq!(updated.status, UserStatus::Disabled);
    let disabled = users
        .list()
        .query(|query| query.status(UserStatus::Disabled));
    let disabled = disabled.items().try_collect().await.unwrap();
    assert_eq!(disabled, [updated]);

    let current = users.current_user().send().await.unwrap();
    assert_eq!(current.name, "key");
    assert_eq!(current.team_name.as_deref(), Some(TEAM));
    assert!(users.get("nobody").send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_examples_of_the_seed_are_listed() {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let key = ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
    let client = Client::builder(well_known::ASA_TEAM)
        .credentials(key)
        .build_with(emulator, ManualClock::auto())
        .unwrap();
    let gateways = client
        .gateways()
        .list()
        .items()
        .try_collect()
        .await
        .unwrap();
    let names: Vec<_> = gateways.iter().map(|it| it.name.as_str()).collect();
    assert!(names.contains(&"Production gateway") && names.contains(&"Dev gateway"));
}

#[tokio::test]
async fn a_wrong_key_and_a_missing_role_are_different_errors() {
    let (emulator, _, clock) = world();
    let wrong = Client::builder(TEAM)
        .credentials(ServiceUser::new("key", "wrong"))
        .build_with(emulator.clone(), clock.clone())
        .unwrap();
    let error = wrong.gateways().list().send().await.unwrap_err();
    let rejected = ErrorKind::Credential(CredentialFailure::Rejected);
    assert_eq!(error.kind(), &rejected);

    let reader = client(&emulator, &clock, TEAM, Role::ReportingUser);
    reader.gateways().list().send().await.unwrap();
    let create = reader
        .gateway_setup_tokens()
        .create(GatewaySetupTokenCreate::new());
    let error = create.send().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Api);
    assert_eq!(error.code(), Some("authorization_error"));
    assert!(error.is_unauthorized());
}

#[tokio::test]
async fn a_bearer_that_ends_early_is_replaced() {
    let clock = ManualClock::auto();
    let emulator = Emulator::memory()
        .unwrap()
        .with_clock(clock.clone())
        .with_bearer_lifetime(std::time::Duration::from_secs(10));
    let client = client(&emulator, &clock, TEAM, Role::AccessAdmin);
    for _ in 0..5 {
        client.gateways().list().send().await.unwrap();
        clock.advance(std::time::Duration::from_secs(7));
    }
}

#[tokio::test]
async fn one_team_does_not_see_another() {
    let (emulator, client, clock) = world();
    let create = GatewaySetupTokenCreate::new();
    let token = client
        .gateway_setup_tokens()
        .create(create)
        .send()
        .await
        .unwrap();
    let other = self::client(&emulator, &clock, "other", Role::AccessAdmin);
    let error = other
        .gateway_setup_tokens()
        .get(&token.id)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_socket_makes_no_difference_to_a_call() {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let address = "127.0.0.1:0".parse().unwrap();
    let server = gatelet_emulator::serve(emulator, address).await.unwrap();
    let key = ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
    let client = Client::builder(well_known::ASA_TEAM)
        .endpoint(format!("http://{}", server.address()))
        .credentials(key)
        .build_with(HyperTransport::new(), TokioClock::new())
        .unwrap();
    let list = client.gateways().list().page_size(1);
    let gateways = list.items().try_collect().await.unwrap();
    assert!(gateways.len() >= 2);
    let update = GatewayUpdate::from(&gateways[0]).with_description("seen");
    let gateways_of_team = client.gateways();
    gateways_of_team
        .update(&gateways[0].id, update)
        .send()
        .await
        .unwrap();
    let read = gateways_of_team.get(&gateways[0].id).send().await.unwrap();
    assert_eq!(read.description.as_deref(), Some("seen"));
    server.shutdown().await;

    let error = gateways_of_team.get(&read.id).send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error}");
    assert_eq!(error.attempts(), 3);
}
