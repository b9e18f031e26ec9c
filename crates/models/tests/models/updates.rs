//! Bodies that a caller makes: updates and new objects.

use gatelet_models::{Patch, asa, dt};
use serde_json::{Value, json};

use crate::table::read;

fn written(value: &impl serde_core::Serialize) -> Value {
    serde_json::to_value(value).expect("writes")
}

// M16
#[test]
fn an_update_keeps_absent_null_and_a_value_apart() {
    let update = asa::GatewayUpdate::new("eu-1")
        .with_description("new")
        .without_access_address();
    assert_eq!(
        written(&update),
        json!({"name": "eu-1", "description": "new", "access_address": null})
    );
    let again: asa::GatewayUpdate = read(&written(&update).to_string()).expect("an update");
    assert_eq!(
        (&again.description, &again.access_address),
        (&Patch::from("new"), &Patch::Clear)
    );
    assert!(
        again.labels.is_keep()
            && again.default_address.is_keep()
            && again.refuse_connections.is_none()
    );
}

// M16
#[test]
fn an_update_made_from_a_read_leaves_out_what_the_read_did_not_have() {
    let gateway: asa::Gateway = read(
        r#"{"id":"a","name":"b","refuse_connections":true,"labels":null,"description":"d","access_address":null,
            "last_seen":"2026-11-21T20:48:09Z","cloud_provider":"aws"}"#,
    )
    .expect("a gateway");
    let update = asa::GatewayUpdate::from(&gateway);
    assert_eq!(
        written(&update),
        json!({"name": "b", "refuse_connections": true, "description": "d"})
    );
    let labelled = asa::Gateway::new("a", "b", false)
        .with_labels([("env", "dev")])
        .with_access_address("h:1");
    assert_eq!(
        written(&asa::GatewayUpdate::from(&labelled).with_name("c")),
        json!({"name": "c", "refuse_connections": false, "labels": {"env": "dev"}, "access_address": "h:1"})
    );
}

#[test]
fn a_new_setup_token_says_what_registers_and_with_which_labels() {
    assert_eq!(
        written(&asa::GatewaySetupTokenCreate::new()),
        json!({"registration_type": "gateway-agent", "details": {}})
    );
    let create = asa::GatewaySetupTokenCreate::new()
        .with_description("Example")
        .with_labels([("env", "dev"), ("region", "us-west-2")]);
    let labels = json!({"env": "dev", "region": "us-west-2"});
    assert_eq!(
        written(&create),
        json!({"registration_type": "gateway-agent", "details": {"labels": labels}, "description": "Example"})
    );
}

#[test]
fn a_new_active_gate_token_always_says_whether_it_is_a_seed_token() {
    let create = dt::ActiveGateTokenCreate::new("edge-7", dt::ActiveGateType::Environment);
    assert_eq!(
        written(&create),
        json!({"name": "edge-7", "activeGateType": "ENVIRONMENT", "seedToken": false})
    );
    assert_eq!(
        written(&create.with_expiration_date("now+60d"))["expirationDate"],
        "now+60d"
    );
}
