//! Gateway enrollment.

use crate::support::{Caller, memory, team};
use gatelet_emulator::{Emulator, Error};
use gatelet_models::Secret;
use gatelet_models::asa::GatewayUpdate;
use serde_json::{Value, json};

const ENROLL: &str = "/emulator/v1/gateways";

/// Creates a setup token with labels; returns its path and value.
fn setup_token(emulator: &Emulator) -> (String, Secret) {
    let admin = Caller::admin(emulator);
    let body = json!({ "details": { "labels": { "env": "dev", "zone": "a" } } });
    let token = admin
        .post(&team("/gateway_setup_tokens"), &body)
        .expect(201)
        .json();
    let path = team(&format!(
        "/gateway_setup_tokens/{}",
        token["id"].as_str().unwrap()
    ));
    let value = admin.get(&format!("{path}/token")).expect(200).json();
    (path, value["token"].as_str().unwrap().into())
}

#[test]
fn a_gateway_enrolls_itself_over_http() {
    let emulator = memory();
    let (_, value) = setup_token(&emulator);
    let gateway = Caller::with(&emulator, format!("Bearer {}", value.expose()));
    let body =
        json!({ "name": "eu-1", "labels": { "zone": "b" }, "access_address": "10.0.0.1:7234" });
    let enrolled = gateway.post(ENROLL, &body).expect(201).json();

    let admin = Caller::admin(&emulator);
    let path = team(&format!("/gateways/{}", enrolled["id"].as_str().unwrap()));
    let found = admin.get(&path).expect(200).json();
    assert_eq!(found["name"], "eu-1");
    assert_eq!(found["access_address"], "10.0.0.1:7234");
    assert_eq!(found["labels"], json!({ "env": "dev", "zone": "b" }));
    assert_eq!(found["description"], Value::Null);
    let report = admin.get(&format!("{path}/status")).expect(200).json();
    assert_eq!(report["status"], "ONLINE");
    assert_eq!(report["gateway_id"], enrolled["id"]);
}

#[test]
fn a_setup_token_enrolls_many_gateways_until_it_is_deleted() {
    let emulator = memory();
    let (path, value) = setup_token(&emulator);
    for name in ["eu-1", "eu-2"] {
        emulator
            .enroll_gateway(&value, GatewayUpdate::new(name))
            .unwrap();
    }
    Caller::admin(&emulator).delete(&path).expect(204);
    let refused = emulator.enroll_gateway(&value, GatewayUpdate::new("eu-3"));
    assert!(matches!(refused, Err(Error::TokenRejected)));
    let gateways = Caller::admin(&emulator).get(&team("/gateways")).json();
    assert_eq!(gateways["list"].as_array().unwrap().len(), 2);
}

#[test]
fn a_wrong_value_is_refused() {
    let emulator = memory();
    let (_, value) = setup_token(&emulator);
    let (_, foreign) = setup_token(&memory());
    let body = json!({ "name": "eu-1" });
    let cut = &value.expose()[..value.expose().len() - 1];
    for wrong in [cut, foreign.expose(), "sft-gw.", "sft-gw.a.b", "x"] {
        let response = Caller::with(&emulator, format!("Bearer {wrong}")).post(ENROLL, &body);
        assert_eq!(response.status, 401, "{}", response.text());
        assert_eq!(response.json()["type"], "authentication_error");
    }
    Caller::nobody(&emulator).post(ENROLL, &body).expect(401);
}

#[test]
fn an_invalid_gateway_is_refused() {
    let emulator = memory();
    let (_, value) = setup_token(&emulator);
    let gateway = Caller::with(&emulator, format!("Bearer {}", value.expose()));
    for body in [json!({}), json!({ "name": "a/b" }), json!([])] {
        gateway.post(ENROLL, &body).expect(400);
    }
    let response = gateway.get(ENROLL).expect(405);
    assert_eq!(response.headers["allow"], "POST");
}
