//! Undescribed members of a gateway.

use serde_json::json;

use crate::support::*;

/// The seeded gateway.
const GATEWAY: &str = "/gateways/a2dfd474-2db4-4bb2-8364-d5f76ade396e";

// U17
#[test]
fn an_update_keeps_undescribed_members_or_is_refused() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let before = admin.get(&team(GATEWAY)).json();
    let update = json!({
        "name": "new", "labels": null, "x_pool": {"a": [1.5, null, u64::MAX], "": {}}, "x_null": null,
        "infrastructure_orchestrator": {"name": "k8s", "zone": 7},
        "id": "other", "cloud_provider": "aws", "last_seen": "2026-11-21T20:48:09Z",
    });
    admin.put(&team(GATEWAY), &update).expect(204);
    let kept = admin.get(&team(GATEWAY)).json();
    for member in ["x_pool", "x_null", "infrastructure_orchestrator"] {
        assert_eq!(kept.get(member), update.get(member));
    }
    for member in ["id", "cloud_provider", "last_seen"] {
        assert_eq!(kept.get(member), before.get(member));
    }
    let lossy = r#"{"name":"newer","x_size":[1e400]}"#;
    let response = admin.call("PUT", &team(GATEWAY), lossy.into());
    let refused = response.expect(400).json();
    let message = refused["message"].as_str().unwrap();
    assert!(message.starts_with("x_size: "), "{message}");
    assert_eq!(admin.get(&team(GATEWAY)).json(), kept);
    admin
        .put(&team(GATEWAY), &json!({ "name": "new" }))
        .expect(204);
    assert_eq!(admin.get(&team(GATEWAY)).json().get("x_pool"), None);
}
