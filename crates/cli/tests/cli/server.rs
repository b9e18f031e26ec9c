//! Both clients call every operation of an emulator that the binary serves.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use asa_client::ServiceUser;
use gatelet_emulator::well_known;
use gatelet_models::Secret;
use gatelet_models::asa::{Gateway, GatewaySetupTokenCreate, GatewayUpdate};
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenCreate, ActiveGateType};
use gatelet_transport::{ApiToken, Page};

use crate::run::{EmulatorServer, Fixture};

fn asa(url: &str) -> asa_client::Client {
    asa_client::Client::builder(well_known::ASA_TEAM)
        .endpoint(url)
        .credentials(ServiceUser::new(
            well_known::ASA_KEY_ID,
            Secret::new(well_known::ASA_KEY_SECRET),
        ))
        .build()
        .unwrap()
}

fn dt(url: &str) -> dt_client::Client {
    dt_client::Client::builder(url)
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build()
        .unwrap()
}

/// Enrolls a gateway the way an agent would, with a setup token's value.
fn enroll(url: &str, name: &str, setup_token: &Secret) {
    let address = url.strip_prefix("http://").unwrap();
    let body = serde_json::json!({ "name": name }).to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /emulator/v1/gateways HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        setup_token.expose(),
        body.len()
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 201 "), "{response}");
}

/// Checks the sizes of the pages and returns the names of all items.
fn names<T>(pages: Vec<Page<T>>, sizes: &[usize], name: impl Fn(T) -> String) -> BTreeSet<String> {
    assert_eq!(
        pages
            .iter()
            .map(|page| page.items.len())
            .collect::<Vec<_>>(),
        sizes
    );
    pages.into_iter().flatten().map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_asa_works_over_a_socket() {
    let server = EmulatorServer::start(&Fixture::new());
    let client = asa(&server.url);
    let (tokens, gateways) = (client.gateway_setup_tokens(), client.gateways());

    let create = GatewaySetupTokenCreate::new()
        .with_description("for eu")
        .with_labels([("env".to_owned(), "dev".to_owned())]);
    let token = tokens.create(create).send().await.unwrap();
    assert_eq!(
        tokens
            .get(&token.id)
            .send()
            .await
            .unwrap()
            .description
            .as_deref(),
        Some("for eu")
    );
    let listed = tokens.list().items().try_collect().await.unwrap();
    assert!(listed.iter().any(|listed| listed.id == token.id));
    let value = tokens.reveal(&token.id).send().await.unwrap();

    for number in 0..250 {
        enroll(&server.url, &format!("eu-{number:03}"), &value);
    }
    let pages = gateways
        .list()
        .query(|query| query.contains("eu-"))
        .page_size(100)
        .pages()
        .try_collect()
        .await
        .unwrap();
    let all = names(pages, &[100, 100, 50], |gateway: Gateway| gateway.name);
    assert_eq!(
        all,
        (0..250).map(|number| format!("eu-{number:03}")).collect()
    );

    let found = gateways
        .list()
        .query(|query| query.contains("eu-017"))
        .send()
        .await
        .unwrap();
    let id = found.items[0].id.clone();
    let gateway = gateways.get(&id).send().await.unwrap();
    assert_eq!(
        gateway
            .labels
            .as_ref()
            .and_then(|labels| labels.get("env"))
            .map(String::as_str),
        Some("dev")
    );
    gateways
        .update(&id, GatewayUpdate::from(&gateway).with_name("us-1"))
        .send()
        .await
        .unwrap();
    assert_eq!(gateways.get(&id).send().await.unwrap().name, "us-1");
    assert_eq!(
        gateways
            .status(&id)
            .send()
            .await
            .unwrap()
            .gateway_id
            .as_ref(),
        Some(&id)
    );

    gateways.delete(&id).send().await.unwrap();
    assert!(gateways.get(&id).send().await.unwrap_err().is_not_found());
    tokens.delete(&token.id).send().await.unwrap();
    assert!(
        tokens
            .get(&token.id)
            .send()
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_dynatrace_works_over_a_socket() {
    let server = EmulatorServer::start(&Fixture::new());
    let tokens = dt(&server.url).active_gate_tokens();
    let seeded = tokens.list().items().try_collect().await.unwrap().len();

    let mut created = Vec::new();
    for number in seeded..250 {
        let create =
            ActiveGateTokenCreate::new(format!("edge-{number:03}"), ActiveGateType::Environment);
        created.push(
            tokens
                .create(create.with_expiration_date("now+60d"))
                .send()
                .await
                .unwrap(),
        );
    }
    let pages = tokens
        .list()
        .page_size(100)
        .pages()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages[0].total_count, Some(250));
    let all = names(pages, &[100, 100, 50], |token: ActiveGateToken| {
        token.id.to_string()
    });
    assert_eq!(all.len(), 250);

    let id = &created[17].id;
    let token = tokens.get(id).send().await.unwrap();
    let name = format!("edge-{:03}", seeded + 17);
    assert_eq!(token.name, Some(name));
    assert!(token.expiration_date.is_some());
    tokens.delete(id).send().await.unwrap();
    assert!(tokens.get(id).send().await.unwrap_err().is_not_found());
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn a_served_emulator_prints_the_environment_that_commands_need() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = server.fixture();
    let names = fixture.run("asa gateway list -o json").json();
    assert_eq!(names.as_array().unwrap().len(), 3);
    fixture.run("dt token list").success();
}

#[test]
fn a_served_emulator_keeps_its_state_in_its_data_file() {
    let fixture = Fixture::new();
    let data = fixture.path("server.redb");
    let options = ["--data", data.as_str()];
    let server = EmulatorServer::start_with(&fixture, &options);
    let id = server.fixture().run("dt token create edge -o json").json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(server.stop("-TERM"), Some(0));

    let server = EmulatorServer::start_with(&fixture, &options);
    let token = server
        .fixture()
        .run(&format!("dt token get {id} -o json"))
        .json();
    assert_eq!(token["name"], "edge");
}
