//! Okta Privileged Access: the same paths at another host, with more in the responses.

use asa_client::models::{
    CloudProvider, Gateway, GatewaySetupToken, GatewaySetupTokenCreate, GatewayUpdate, Patch,
};
use asa_client::{Client, ServiceUser};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::support::*;

const GATEWAY: &str = r#"{
    "id": "napa5791-40fc-4e4c-9f0c-4e8f7ad1d4b2",
    "name": "gw-1",
    "refuse_connections": false,
    "labels": {"env": "prod"},
    "description": null,
    "access_address": "192.168.190.144:7234",
    "default_address": "10.0.0.7",
    "cloud_provider": "gce",
    "last_seen": "2026-09-14T08:30:15.123456Z",
    "infrastructure_orchestrator": {"id": "f0a1", "labels": {"zone": "b"}},
    "since_last_week": {"nobody": ["knows", null]}
}"#;

const SETUP_TOKEN: &str = r#"{
    "id": "2f1f3a9e-7d0a-4a43-8c8c-8e1f4d1f1a01",
    "registration_type": "gateway-agent",
    "details": {"labels": {"env": "prod"}, "Type": "gateway-agent"},
    "description": "edge",
    "name": "edge-1",
    "token": "sft-gw.canary.canary",
    "created_at": "2026-09-14T08:30:15.123456Z"
}"#;

fn scripted(responses: impl IntoIterator<Item = FakeResponse>) -> (Client, FakeTransport) {
    let exchange = [bearer("2026-01-01T01:00:00Z", BEARER)];
    let fake = FakeTransport::script(exchange.into_iter().chain(responses));
    let client = Client::builder("t")
        .endpoint("https://acme.pam.okta.com")
        .credentials(ServiceUser::new(KEY_ID, KEY_SECRET))
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    (client, fake)
}

fn list_of(item: &str) -> FakeResponse {
    FakeResponse::json(200, format!(r#"{{"list": [{item}]}}"#))
}

fn assert_is_the_gateway(gateway: &Gateway) {
    assert_eq!(gateway.id.as_str(), "napa5791-40fc-4e4c-9f0c-4e8f7ad1d4b2");
    let address = gateway.access_address.as_deref();
    assert_eq!(address, Some("192.168.190.144:7234"));
    assert_eq!(gateway.default_address.as_deref(), Some("10.0.0.7"));
    assert_eq!(gateway.cloud_provider, Some(CloudProvider::Gce));
    assert_eq!(
        gateway.last_seen.value().unwrap().unwrap().to_string(),
        "2026-09-14T08:30:15.123456Z"
    );
    let orchestrator = gateway.infrastructure_orchestrator.as_ref().unwrap();
    assert_eq!(orchestrator.id.as_deref(), Some("f0a1"));
    assert_eq!(orchestrator.name, None);
    assert_eq!(orchestrator.labels.as_ref().unwrap()["zone"], "b");
}

fn assert_is_the_setup_token(token: &GatewaySetupToken) {
    assert_eq!(token.name.as_deref(), Some("edge-1"));
    assert_eq!(token.description.as_deref(), Some("edge"));
    let labels = token.details.as_ref().unwrap().labels.as_ref().unwrap();
    assert_eq!(labels["env"], "prod");
    assert_eq!(
        token.created_at.value().unwrap().unwrap().to_string(),
        "2026-09-14T08:30:15.123456Z"
    );
    assert_eq!(
        token.token.as_ref().unwrap().expose(),
        "sft-gw.canary.canary"
    );
    assert!(!format!("{token:?} {token:#?}").contains("canary"));
}

#[tokio::test]
async fn gateways_have_the_members_of_this_host_alone() {
    let by_name = GATEWAY.replace(r#""id": "f0a1""#, r#""name": "orch""#);
    let (client, fake) = scripted([
        list_of(GATEWAY),
        FakeResponse::json(200, GATEWAY),
        FakeResponse::json(200, by_name),
    ]);
    let gateways = client.gateways();
    let listed = gateways.list().items().try_collect().await.unwrap();
    assert_is_the_gateway(&listed[0]);
    let id = &listed[0].id;
    assert_is_the_gateway(&gateways.get(id).send().await.unwrap());
    let named = gateways.get(id).send().await.unwrap();
    let orchestrator = named.infrastructure_orchestrator.unwrap();
    assert_eq!(orchestrator.name.as_deref(), Some("orch"));
    for request in fake.into_requests() {
        assert_eq!(request.uri().host(), Some("acme.pam.okta.com"));
    }
}

#[tokio::test]
async fn an_update_sends_the_writable_members_that_were_read() {
    let (client, fake) = scripted([FakeResponse::json(200, GATEWAY), FakeResponse::status(204)]);
    let gateways = client.gateways();
    let gateway = gateways
        .get(&"napa5791-40fc-4e4c-9f0c-4e8f7ad1d4b2".into())
        .send()
        .await
        .unwrap();
    let mut update = GatewayUpdate::from(&gateway).with_refuse_connections(true);
    update.default_address = Patch::Clear;
    gateways.update(&gateway.id, update).send().await.unwrap();
    let requests = fake.into_requests();
    let body: serde_json::Value = serde_json::from_slice(requests[2].body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "name": "gw-1",
            "refuse_connections": true,
            "labels": {"env": "prod"},
            "description": null,
            "access_address": "192.168.190.144:7234",
            "default_address": null,
            "infrastructure_orchestrator": {"id": "f0a1", "labels": {"zone": "b"}},
            "since_last_week": {"nobody": ["knows", null]},
        })
    );
}

#[tokio::test]
async fn a_setup_token_is_created_with_the_whole_body_and_read_with_its_value() {
    let (client, fake) = scripted([
        FakeResponse::json(201, SETUP_TOKEN),
        list_of(SETUP_TOKEN),
        FakeResponse::json(200, SETUP_TOKEN),
        FakeResponse::json(200, SETUP_TOKEN),
    ]);
    let tokens = client.gateway_setup_tokens();
    let create = GatewaySetupTokenCreate::new()
        .with_name("edge-1")
        .with_description("edge")
        .with_labels([("env", "prod")]);
    let created = tokens.create(create).send().await.unwrap();
    assert_is_the_setup_token(&created);
    let listed = tokens.list().send().await.unwrap();
    assert_is_the_setup_token(&listed.items[0]);
    assert_is_the_setup_token(&tokens.get(&created.id).send().await.unwrap());
    let value = tokens.reveal(&created.id).send().await.unwrap();
    assert_eq!(value.expose(), "sft-gw.canary.canary");

    let requests = fake.into_requests();
    let body: serde_json::Value = serde_json::from_slice(requests[1].body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "registration_type": "gateway-agent",
            "details": {"labels": {"env": "prod"}},
            "description": "edge",
            "name": "edge-1",
        })
    );
}
