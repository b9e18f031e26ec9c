//! Server enrollment tokens.

use asa_client::models::{EnrollmentTokenCreate, GatewaySetupTokenCreate};
use asa_client::{Applied, Client, ErrorKind, ServiceUser};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::{FakeResponse, ManualClock};

use crate::support::*;

const PATH: &str = "/v1/teams/t/projects/web/server_enrollment_tokens";

fn token(value: &str) -> FakeResponse {
    FakeResponse::json(
        200,
        format!(r#"{{"id": "1", "description": "edge", "token": {value}}}"#),
    )
}

#[tokio::test]
async fn only_the_description_is_sent() {
    let created = FakeResponse::json(201, r#"{"id": "1", "token": "canary"}"#);
    let (client, fake) = authorized([created]);
    let body = EnrollmentTokenCreate::new("edge");
    let created = client
        .enrollment_tokens()
        .create(&"web".into(), body)
        .send();
    let created = created.await.unwrap();
    assert!(!format!("{created:?}").contains("canary"));
    let requests = fake.into_requests();
    assert_eq!(requests[1].uri().path(), PATH);
    assert_eq!(requests[1].body(), r#"{"description":"edge"}"#);
}

#[tokio::test]
async fn a_value_is_a_text_or_the_json_of_an_object() {
    for (sent, value) in [
        (r#""canary""#, "canary"),
        (r#"{"a": "b"}"#, r#"{"a":"b"}"#),
        (r#"{"a": {"b": [1]}}"#, r#"{"a":{"b":[1]}}"#),
    ] {
        let (client, _) = authorized([token(sent)]);
        let revealed = client
            .enrollment_tokens()
            .reveal(&"web".into(), &"1".into())
            .send();
        assert_eq!(revealed.await.unwrap().expose(), value);
    }
}

#[tokio::test]
async fn a_value_that_is_sent_as_an_object_is_that_of_the_text() {
    let (group, project) = (
        "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111",
        "5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55",
    );
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let client = |emulator| {
        Client::builder(well_known::ASA_TEAM)
            .credentials(ServiceUser::new(
                well_known::ASA_KEY_ID,
                well_known::ASA_KEY_SECRET,
            ))
            .build_with(emulator, ManualClock::auto())
            .unwrap()
    };
    let texts = client(emulator.clone());
    let objects = client(emulator.with_enrollment_token_objects(true));

    let created = objects
        .enrollment_tokens()
        .create(&"web".into(), EnrollmentTokenCreate::new("edge"))
        .send()
        .await
        .unwrap();
    let created = created.token.unwrap();
    let mut values = Vec::new();
    for client in [&texts, &objects] {
        let (asa, opa) = (
            client.enrollment_tokens(),
            client.resource_group_enrollment_tokens(),
        );
        let web = asa.list(&"web".into()).items().try_collect().await.unwrap();
        let revealed = asa.reveal(&"web".into(), &web[0].id).send().await.unwrap();
        assert_eq!(web[0].token.as_ref(), Some(&revealed));
        let (group, project) = (group.into(), project.into());
        let shop = opa
            .list(&group, &project)
            .items()
            .try_collect()
            .await
            .unwrap();
        let other = opa
            .reveal(&group, &project, &shop[0].id)
            .send()
            .await
            .unwrap();
        assert_eq!(shop[0].token.as_ref(), Some(&other));
        values.push([revealed, other]);
    }
    assert_eq!(values[1][0], created);
    for (text, object) in values[0].iter().zip(&values[1]) {
        assert!(object.expose().starts_with('{'));
        assert_eq!(text.expose(), STANDARD.encode(object.expose()));
    }
}

#[tokio::test]
async fn a_missing_value_is_an_error() {
    for sent in ["null", r#""""#, "{}"] {
        let (client, _) = authorized([token(sent)]);
        let revealed = client
            .enrollment_tokens()
            .reveal(&"web".into(), &"1".into())
            .send();
        let error = revealed.await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_list_follows_the_link_although_no_parameter_is_documented() {
    let first = FakeResponse::json(200, r#"{"list": [{"id": "1"}]}"#)
        .with_header("link", format!(r#"<{PATH}?offset=1>; rel="next""#));
    let (client, _) = authorized([first, FakeResponse::json(200, r#"{"list": [{"id": "2"}]}"#)]);
    let tokens = client.enrollment_tokens().list(&"web".into()).items();
    let ids: Vec<_> = tokens.try_collect().await.unwrap();
    assert_eq!(
        ids.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(),
        ["1", "2"]
    );
}

#[tokio::test]
async fn a_created_token_is_known_although_its_value_is_unreadable() {
    for value in [r#""\ud800""#, r#"{"a": {"b": 1}}"#] {
        let body = format!(r#"{{"id": "1", "description": "edge", "token": {value}}}"#);
        let created = FakeResponse::json(201, body);
        let (client, _) = authorized([created]);
        let body = EnrollmentTokenCreate::new("edge");
        let create = client.enrollment_tokens().create(&"web".into(), body);
        assert_eq!(create.send().await.unwrap().id.as_str(), "1");
    }
}

// U16
#[tokio::test]
async fn a_created_token_with_an_unreadable_date_is_known_with_its_value() {
    for (date, text) in [
        (r#""""#, ""),
        ("1767225600", "1767225600"),
        (r#""2027-01-01 00:00""#, "2027-01-01 00:00"),
        (r#""issued with canary-of-the-token""#, "[withheld]"),
    ] {
        let body = format!(r#"{{"id": "1", "issued_at": {date}, "token": "canary-of-the-token"}}"#);
        let (client, _) = authorized([FakeResponse::json(201, body)]);
        let body = EnrollmentTokenCreate::new("edge");
        let create = client.enrollment_tokens().create(&"web".into(), body);
        let created = create.send().await.unwrap();
        assert_eq!(created.id.as_str(), "1");
        assert_eq!(created.token.unwrap().expose(), "canary-of-the-token");
        let unreadable = created.issued_at.value().unwrap_err();
        assert_eq!(unreadable.to_string(), text);
    }
}

// A29
#[tokio::test]
async fn a_created_token_with_another_unreadable_member_is_named_by_the_error() {
    let body = r#"{"id": "1", "description": 5, "token": "canary"}"#;
    let (client, _) = authorized([FakeResponse::json(201, body)]);
    let body = EnrollmentTokenCreate::new("edge");
    let create = client.enrollment_tokens().create(&"web".into(), body);
    let error = create.send().await.unwrap_err();
    assert_eq!(error.resource(), Some("1"));
    assert_eq!(error.applied(), Applied::Yes);

    let body = r#"{"id": "2", "registration_type": 5}"#;
    let (client, _) = authorized([FakeResponse::json(201, body)]);
    let create = client
        .gateway_setup_tokens()
        .create(GatewaySetupTokenCreate::new());
    assert_eq!(create.send().await.unwrap_err().resource(), Some("2"));
}

#[tokio::test]
async fn an_unreadable_date_hides_nothing_else_of_a_list() {
    let list = |object: &str| FakeResponse::json(200, format!(r#"{{"list": [{object}]}}"#));
    let (client, _) = authorized([
        list(r#"{"id": "1", "issued_at": "", "token": "canary"}"#),
        list(r#"{"id": "2", "registration_type": "gateway-agent", "created_at": ""}"#),
        list(r#"{"id": "3", "name": "eu", "refuse_connections": false, "last_seen": 1}"#),
        list(r#"{"id": "4", "name": "web", "deleted_at": "2027"}"#),
        list(r#"{"id": "5", "name": "bot", "status": "ACTIVE", "deleted_at": ""}"#),
    ]);
    let tokens = client.enrollment_tokens().list(&"web".into()).send().await;
    assert!(!tokens.unwrap().items[0].issued_at.is_absent());
    let tokens = client.gateway_setup_tokens().list().send().await;
    assert!(!tokens.unwrap().items[0].created_at.is_absent());
    let gateways = client.gateways().list().send().await;
    assert!(!gateways.unwrap().items[0].last_seen.is_absent());
    let projects = client.projects().list().send().await;
    assert!(!projects.unwrap().items[0].deleted_at.is_absent());
    let users = client.service_users().list().send().await;
    assert!(!users.unwrap().items[0].deleted_at.is_absent());
}
