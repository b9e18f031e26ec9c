//! ASA's operations, called without a client.

use crate::support::{Caller, TestResponse, field, memory, seeded, team};
use std::time::Duration;

use gatelet_emulator::{Role, well_known};
use gatelet_models::Secret;
use gatelet_models::asa::{Error, GatewayList, GatewaySetupTokenList, GatewayStatusReport};
use gatelet_transport::testing::ManualClock;
use serde_json::{Value, json};

const GATEWAY: &str = "/gateways/a2dfd474-2db4-4bb2-8364-d5f76ade396e";
const SETUP_TOKEN: &str = "/gateway_setup_tokens/6116bb2a-7289-4528-92ee-8e92443c3b61";

/// Checks for ASA's error body with this type; returns its message.
#[track_caller]
fn assert_error(response: TestResponse, status: u16, error_type: &str) -> String {
    assert_eq!(response.status, status, "{}", response.text());
    assert_eq!(response.headers["content-type"], "application/json");
    let error: Error = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(error.code, Some(i32::from(status)));
    assert_eq!(error.error_type.unwrap().as_str(), error_type);
    error.message.unwrap()
}

#[test]
fn the_published_examples_are_returned_as_published() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let first_token = json!({
        "created_at": "0001-01-01T00:00:00Z",
        "description": "Example gateway setup token request",
        "details": null,
        "id": "6116bb2a-7289-4528-92ee-8e92443c3b61",
        "registration_type": "gateway-agent"
    });
    let second_token = json!({
        "id": "a649a6b4-274b-43b7-a867-d93429068639",
        "registration_type": "gateway-agent",
        "description": "Example gateway setup token request 2",
        "details": null,
        "created_at": "0001-01-01T00:00:00Z"
    });
    let first_gateway = json!({
        "access_address": null,
        "cloud_provider": null,
        "default_address": null,
        "description": "Gateway used for production env",
        "id": "a2dfd474-2db4-4bb2-8364-d5f76ade396e",
        "labels": null,
        "name": "Production gateway",
        "refuse_connections": false
    });
    let second_gateway = json!({
        "id": "cf028ce5-1556-48dc-ab90-d15fe4fa7180",
        "name": "Dev gateway",
        "access_address": null,
        "default_address": null,
        "description": "Gateway used for dev env",
        "cloud_provider": null,
        "refuse_connections": false,
        "labels": null
    });
    let list = admin.get(&team("/gateway_setup_tokens")).expect(200).json();
    assert_eq!(list, json!({ "list": [first_token, second_token] }));
    assert_eq!(
        admin.get(&team(SETUP_TOKEN)).expect(200).json(),
        first_token
    );
    let list = admin.get(&team("/gateways")).expect(200).json();
    assert_eq!(list["list"][0], first_gateway);
    assert_eq!(list["list"][1], second_gateway);
    assert_eq!(admin.get(&team(GATEWAY)).expect(200).json(), first_gateway);
    let report = json!({
        "active_connections": 2,
        "gateway_id": "a2dfd474-2db4-4bb2-8364-d5f76ade396e",
        "status": "ONLINE",
        "total_storage_bytes": 4096,
        "updated_at": "0001-01-01T00:00:00Z",
        "used_storage_bytes": 2048
    });
    assert_eq!(
        admin
            .get(&team(&format!("{GATEWAY}/status")))
            .expect(200)
            .json(),
        report
    );
}

#[test]
fn every_response_decodes_as_its_model() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let response = admin.get(&team("/gateways"));
    assert_eq!(
        serde_json::from_slice::<GatewayList>(&response.body)
            .unwrap()
            .list
            .len(),
        3
    );
    let response = admin.get(&team("/gateway_setup_tokens"));
    assert_eq!(
        serde_json::from_slice::<GatewaySetupTokenList>(&response.body)
            .unwrap()
            .list
            .len(),
        2
    );
    let response = admin.get(&team(&format!("{GATEWAY}/status")));
    let report: GatewayStatusReport = serde_json::from_slice(&response.body).unwrap();
    assert!(report.updated_at.value().unwrap().unwrap().is_unset());
}

#[test]
fn the_examples_are_added_once() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    admin.delete(&team(GATEWAY)).expect(204);
    emulator.seed().unwrap();
    assert_eq!(
        admin.get(&team("/gateways")).json()["list"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_setup_token_is_created_read_revealed_and_deleted() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    let tokens = team("/gateway_setup_tokens");
    let body = json!({
        "id": "",
        "registration_type": "gateway-agent",
        "description": "eu",
        "details": { "labels": { "env": "dev", "region": "us-west-2" } },
        "unknown": [1, { "x": null }]
    });
    let created = admin.post(&tokens, &body).expect(201).json();
    assert_eq!(created["details"], body["details"]);
    assert_eq!(created["description"], "eu");
    assert_eq!(created["token"], Value::Null);
    let path = format!("{tokens}/{}", created["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).expect(200).json(), created);

    let value = admin.get(&format!("{path}/token")).expect(200).json()["token"].clone();
    assert!(value.as_str().unwrap().starts_with("sft-gw."));
    assert_eq!(admin.get(&format!("{path}/token")).json()["token"], value);

    let gone = admin.delete(&path).expect(204);
    assert!(gone.body.is_empty());
    for path in [path.clone(), format!("{path}/token")] {
        assert_error(admin.get(&path), 404, "resource_does_not_exist");
    }
    assert_error(admin.delete(&path), 404, "resource_does_not_exist");
}

#[test]
fn the_documented_body_with_labels_only_creates_a_token() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    let tokens = team("/gateway_setup_tokens");
    let created = admin
        .post(&tokens, &json!({ "labels": { "env": "dev" } }))
        .expect(201)
        .json();
    assert_eq!(created["details"], json!({ "labels": { "env": "dev" } }));
    assert_eq!(created["registration_type"], "gateway-agent");
    let created = admin.post(&tokens, &json!({})).expect(201).json();
    assert_eq!(created["details"], Value::Null);
}

#[test]
fn an_update_replaces_writable_members() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let body = json!({
        "access_address": "192.168.190.144:7234",
        "cloud_provider": "aws",
        "default_address": null,
        "description": "New description for production gateway",
        "id": "a2dfd474-2db4-4bb2-8364-d5f76ade396e",
        "labels": { "env": "prod" },
        "name": "New name for production gateway",
        "refuse_connections": true
    });
    assert!(admin.put(&team(GATEWAY), &body).expect(204).body.is_empty());
    let mut expected = body;
    expected["cloud_provider"] = Value::Null; // read-only
    assert_eq!(admin.get(&team(GATEWAY)).json(), expected);

    admin
        .put(&team(GATEWAY), &json!({ "name": "short" }))
        .expect(204);
    let gateway = admin.get(&team(GATEWAY)).json();
    assert_eq!(gateway["name"], "short");
    assert_eq!(gateway["labels"], Value::Null);
    assert_eq!(gateway["description"], Value::Null);
    assert_eq!(gateway["refuse_connections"], false);
}

#[test]
fn a_deleted_gateway_is_gone_with_its_report() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    assert!(admin.delete(&team(GATEWAY)).expect(204).body.is_empty());
    let name = json!({ "name": "x" });
    assert_error(admin.get(&team(GATEWAY)), 404, "resource_does_not_exist");
    assert_error(
        admin.put(&team(GATEWAY), &name),
        404,
        "resource_does_not_exist",
    );
    assert_error(admin.delete(&team(GATEWAY)), 404, "resource_does_not_exist");
    let report = admin.get(&team(&format!("{GATEWAY}/status")));
    assert_error(report, 404, "resource_does_not_exist");
}

#[test]
fn an_invalid_value_is_refused_by_name() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let tokens = team("/gateway_setup_tokens");
    for (body, place) in [
        (
            json!({ "registration_type": "server-agent" }),
            "registration_type",
        ),
        (json!({ "name": "a/b" }), "name"),
        (json!({ "name": "a b" }), "name"),
        (json!({ "description": "" }), "description"),
        (json!({ "description": "x".repeat(1025) }), "description"),
        (
            json!({ "details": { "labels": { "env": 1 } } }),
            "details.labels.env",
        ),
        (json!({ "labels": ["env"] }), "labels"),
    ] {
        let message = assert_error(admin.post(&tokens, &body), 400, "invalid_request");
        assert!(message.starts_with(&format!("{place}: ")), "{message}");
    }
    for (body, place) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (
            json!({ "name": "x", "refuse_connections": "false" }),
            "refuse_connections",
        ),
    ] {
        let message = assert_error(admin.put(&team(GATEWAY), &body), 400, "invalid_request");
        assert!(message.contains(place), "{message}");
    }
}

/// Creates a team with this many setup tokens, described by their numbers.
fn with_tokens(number: usize) -> gatelet_emulator::Emulator {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    for n in 0..number {
        let body = json!({ "description": n.to_string() });
        admin
            .post(&team("/gateway_setup_tokens"), &body)
            .expect(201);
    }
    drop(admin);
    emulator
}

/// Follows the links from this path on; returns the descriptions on each page.
fn pages(admin: &Caller, path: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let response = admin.get(&path).expect(200);
        pages.push(field(&response.json()["list"], "description"));
        next = response.link("next");
    }
    pages
}

#[test]
fn links_visit_every_page_once() {
    let emulator = with_tokens(7);
    let admin = Caller::admin(&emulator);
    let walked = pages(&admin, &team("/gateway_setup_tokens?count=3"));
    assert_eq!(
        walked,
        [vec!["0", "1", "2"], vec!["3", "4", "5"], vec!["6"]]
    );
    let walked = pages(
        &admin,
        &team("/gateway_setup_tokens?count=4&descending=true"),
    );
    assert_eq!(walked, [vec!["6", "5", "4", "3"], vec!["2", "1", "0"]]);
    // A full last page has no link either.
    assert_eq!(
        pages(&admin, &team("/gateway_setup_tokens?count=7")).len(),
        1
    );
}

#[test]
fn a_link_is_absolute_and_keeps_the_parameters() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    let setup_token = setup_token_value(&admin);
    for name in ["eu 1", "us 1", "eu 2", "eu 3"] {
        let gateway = gatelet_models::asa::GatewayUpdate::new(name);
        emulator.enroll_gateway(&setup_token, gateway).unwrap();
    }
    let first = admin
        .get(&team("/gateways?contains=eu+&count=2&contains=ignored"))
        .expect(200);
    assert_eq!(field(&first.json()["list"], "name"), ["eu 1", "eu 2"]);
    let next = first.link("next").unwrap();
    let start = format!("https://asa.example:8443{}?", team("/gateways"));
    assert!(next.starts_with(&start), "{next}");
    assert!(
        next.contains("count=2") && next.contains("contains=eu+"),
        "{next}"
    );
    let second = admin.get(&next).expect(200);
    assert_eq!(field(&second.json()["list"], "name"), ["eu 3"]);
    assert!(second.headers.get("link").is_none());
}

/// Creates a setup token and returns its value.
fn setup_token_value(admin: &Caller) -> Secret {
    let created = admin
        .post(&team("/gateway_setup_tokens"), &json!({}))
        .expect(201)
        .json();
    let id = created["id"].as_str().unwrap();
    let revealed = admin
        .get(&team(&format!("/gateway_setup_tokens/{id}/token")))
        .json();
    revealed["token"].as_str().unwrap().into()
}

#[test]
fn a_previous_link_leads_back() {
    let emulator = with_tokens(6);
    let admin = Caller::admin(&emulator);
    let first = admin
        .get(&team("/gateway_setup_tokens?count=2"))
        .expect(200);
    assert!(first.link("prev").is_none());
    let second = admin.get(&first.link("next").unwrap()).expect(200);
    let back = admin.get(&second.link("prev").unwrap()).expect(200);
    assert_eq!(back.json(), first.json());
    assert!(back.link("prev").is_none());
    let again = admin.get(&back.link("next").unwrap()).expect(200);
    assert_eq!(again.json(), second.json());
}

#[test]
fn a_list_continues_after_an_object_deleted_meanwhile() {
    let emulator = with_tokens(4);
    let admin = Caller::admin(&emulator);
    let first = admin
        .get(&team("/gateway_setup_tokens?count=2"))
        .expect(200);
    let last = field(&first.json()["list"], "id").pop().unwrap();
    admin
        .delete(&team(&format!("/gateway_setup_tokens/{last}")))
        .expect(204);
    let second = admin.get(&first.link("next").unwrap()).expect(200);
    assert_eq!(field(&second.json()["list"], "description"), ["2", "3"]);
}

#[test]
fn an_invalid_paging_parameter_is_refused() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    for query in [
        "count=0",
        "count=-1",
        "count=x",
        "count=",
        "count=1e3",
        "count=2147483648",
        "offset=unknown",
        "descending=yes",
    ] {
        let response = admin.get(&team(&format!("/gateways?{query}")));
        let message = assert_error(response, 400, "invalid_request");
        assert!(
            message.starts_with(query.split('=').next().unwrap()),
            "{message}"
        );
    }
}

#[test]
fn team_names_are_case_insensitive_and_returned_as_written() {
    let emulator = seeded();
    let body = json!({
        "key_id": well_known::ASA_KEY_ID,
        "key_secret": well_known::ASA_KEY_SECRET
    });
    let response = Caller::nobody(&emulator).post("/v1/teams/Example%2DTeam/service_token", &body);
    let token = response.expect(200).json();
    assert_eq!(token["team_name"], "Example-Team");
    let admin = Caller::with(
        &emulator,
        format!("Bearer {}", token["bearer_token"].as_str().unwrap()),
    );
    admin.get("/v1/teams/EXAMPLE-TEAM/gateways").expect(200);
    let other = admin.get("/v1/teams/other-team/gateways");
    assert_error(other, 401, "authentication_error");
}

#[test]
fn a_wrong_key_gets_no_bearer() {
    let emulator = memory();
    let nobody = Caller::nobody(&emulator);
    let exchange = |team: &str, key_id: &str, key_secret: &str| {
        let body = json!({ "key_id": key_id, "key_secret": key_secret });
        nobody.post(&format!("/v1/teams/{team}/service_token"), &body)
    };
    let (team, id, secret) = (
        well_known::ASA_TEAM,
        well_known::ASA_KEY_ID,
        well_known::ASA_KEY_SECRET,
    );
    exchange(team, id, secret).expect(200);
    for (team, id, secret) in [
        (team, id, "wrong"),
        (team, "unknown", secret),
        ("other-team", id, secret),
        (team, well_known::ASA_REPORTING_KEY_ID, secret),
        (team, id, ""),
    ] {
        assert_error(exchange(team, id, secret), 401, "authentication_error");
    }
}

#[test]
fn a_reporting_user_reads_and_does_not_write() {
    let emulator = seeded();
    let reporting = Caller::service_user(
        &emulator,
        well_known::ASA_REPORTING_KEY_ID,
        well_known::ASA_REPORTING_KEY_SECRET,
    );
    for path in ["/gateways", GATEWAY, "/gateway_setup_tokens", SETUP_TOKEN] {
        reporting.get(&team(path)).expect(200);
    }
    let refused = [
        (
            reporting.post(&team("/gateway_setup_tokens"), &json!({})),
            "gateway_setup_tokens.create",
        ),
        (
            reporting.delete(&team(SETUP_TOKEN)),
            "gateway_setup_tokens.delete",
        ),
        (
            reporting.get(&team(&format!("{SETUP_TOKEN}/token"))),
            "gateway_setup_tokens.reveal",
        ),
        (
            reporting.put(&team(GATEWAY), &json!({ "name": "x" })),
            "gateways.update",
        ),
        (reporting.delete(&team(GATEWAY)), "gateways.delete"),
    ];
    for (response, capability) in refused {
        let message = assert_error(response, 401, "authorization_error");
        assert_eq!(message, format!("Missing capability: {capability}"));
    }
}

// E40
#[test]
fn a_bearer_with_a_lifetime_of_a_second_expires_after_it() {
    let clock = ManualClock::new();
    let emulator = seeded()
        .with_clock(clock.clone())
        .with_bearer_lifetime(Duration::from_secs(1));
    let admin = Caller::admin(&emulator);
    clock.advance(Duration::from_millis(999));
    admin.get(&team("/gateways")).expect(200);
    clock.advance(Duration::from_millis(1));
    assert_error(admin.get(&team("/gateways")), 401, "authentication_error");
    Caller::admin(&emulator).get(&team("/gateways")).expect(200);
}

// E4
#[test]
fn missing_malformed_and_foreign_credentials_are_refused_alike() {
    let emulator = seeded();
    let other = memory();
    let foreign = Caller::admin(&other).authorization.unwrap();
    let own = Caller::admin(&emulator).authorization.unwrap();
    let mut refusals = vec![Caller::nobody(&emulator).get(&team("/gateways"))];
    let cut = own[..own.len() - 1].to_owned();
    let shouted = own.to_uppercase();
    let basic = own.replace("Bearer", "Basic");
    let garbage = [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "\u{7f}",
    ]
    .map(str::to_owned);
    for authorization in garbage.into_iter().chain([cut, shouted, basic, foreign]) {
        let request = http::Request::get(team("/gateways"));
        let Ok(header) = http::HeaderValue::from_bytes(authorization.as_bytes()) else {
            continue;
        };
        let request = request
            .header("authorization", header)
            .body(bytes::Bytes::new())
            .unwrap();
        refusals.push(emulator.handle(request).into());
    }
    assert!(refusals.len() >= 10);
    let first = refusals[0].body.clone();
    for refusal in refusals {
        assert_eq!(refusal.body, first);
        assert_error(refusal, 401, "authentication_error");
    }
}

#[test]
fn a_bearer_is_valid_for_its_own_team_only() {
    let emulator = memory();
    for (team, secret) in [("one", "first"), ("two", "second")] {
        emulator
            .add_service_user(team, "key", &secret.into(), Role::AccessAdmin)
            .unwrap();
    }
    let body = json!({ "key_id": "key", "key_secret": "first" });
    let response = Caller::nobody(&emulator).post("/v1/teams/one/service_token", &body);
    let bearer = response.expect(200).json()["bearer_token"].clone();
    let one = Caller::with(&emulator, format!("Bearer {}", bearer.as_str().unwrap()));
    one.get("/v1/teams/one/gateways").expect(200);
    assert_error(
        one.get("/v1/teams/two/gateways"),
        401,
        "authentication_error",
    );
}

#[test]
fn a_service_user_can_be_added() {
    let emulator = memory();
    emulator
        .add_service_user("Team", "key", &"secret".into(), Role::AccessAdmin)
        .unwrap();
    let body = json!({ "key_id": "key", "key_secret": "secret" });
    Caller::nobody(&emulator)
        .post("/v1/teams/team/service_token", &body)
        .expect(200);
}

#[test]
fn an_unknown_path_or_method_is_refused_in_the_vendors_form() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    for path in [
        "/v1",
        "/v1/teams",
        "/v1/teams/example-team/servers",
        "/v1//teams/x/gateways",
    ] {
        assert_error(admin.get(path), 404, "resource_does_not_exist");
    }
    let response = admin.delete(&team("/gateways"));
    assert_eq!(response.headers["allow"], "GET");
    assert_error(response, 405, "invalid_request");
    let response = admin.post(&team(GATEWAY), &json!({}));
    assert_eq!(response.headers["allow"], "GET, PUT, DELETE");
}
