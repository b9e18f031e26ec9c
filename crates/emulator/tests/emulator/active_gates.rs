//! ActiveGates, called without a client.

use std::time::Duration;

use gatelet_emulator::{Emulator, Error};
use gatelet_models::Secret;
use gatelet_models::dt::{
    ActiveGate, ActiveGateKind, ActiveGateModule, ActiveGateModuleType, ActiveGateTokenState,
    ActiveGateTokenUse,
};
use gatelet_transport::testing::ManualClock;
use serde_json::{Value, json};

use crate::support::{Caller, TestResponse, field, memory, seeded};

const GATES: &str = "/api/v2/activeGates";
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the ids that a list has with this query.
fn listed(emulator: &Emulator, query: &str) -> Vec<String> {
    let list = Caller::developer(emulator).get(&format!("{GATES}?{query}"));
    field(&list.expect(200).json()["activeGates"], "id")
}

/// Creates a token; returns its id and its secret.
fn token(emulator: &Emulator, expires: Option<&str>) -> (String, Secret) {
    let body = json!({ "name": "edge", "expirationDate": expires });
    let developer = Caller::developer(emulator);
    let created = developer.post("/api/v2/activeGateTokens", &body);
    let created = created.expect(201).json();
    let text = |member: &str| created[member].as_str().unwrap().to_owned();
    (text("id"), text("token").into())
}

fn gate(id: &str) -> ActiveGate {
    ActiveGate::new()
        .with_id(id)
        .with_hostname(format!("edge{id}"))
}

/// Returns the state of the only token of an ActiveGate.
fn state(emulator: &Emulator, id: &str) -> Value {
    let gate = Caller::developer(emulator).get(&format!("{GATES}/{id}"));
    gate.expect(200).json()["activeGateTokens"][0]["state"].clone()
}

#[test]
fn the_seed_has_a_gate_whose_token_expires_and_one_that_is_offline_without_a_token() {
    let emulator = seeded();
    let all = ["1541791174", "-1556499193", "0x3efdd091"];
    assert_eq!(listed(&emulator, ""), all);
    assert_eq!(listed(&emulator, "tokenState=EXPIRING"), all[1..2]);
    assert_eq!(listed(&emulator, "tokenState=ABSENT"), all[2..]);
    assert_eq!(listed(&emulator, "online=false"), all[2..]);
    let gate = Caller::developer(&emulator).get(&format!("{GATES}/-1556499193"));
    let gate = gate.expect(200).json();
    assert_eq!(gate["offlineSince"], Value::Null);
    assert_eq!(gate["mainEnvironment"], Value::Null);
    let token = gate["activeGateTokens"][0]["id"].as_str().unwrap();
    let token = Caller::developer(&emulator).get(&format!("/api/v2/activeGateTokens/{token}"));
    assert!(token.expect(200).json()["expirationDate"].is_string());
}

#[test]
fn the_list_shows_a_gate_for_two_hours_after_it_has_lost_its_connection() {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock.clone());
    emulator.add_active_gates([gate("-1"), gate("-2")]).unwrap();
    emulator.disconnect_active_gate(&"-1".into()).unwrap();
    clock.advance(2 * HOUR - Duration::from_millis(1));
    assert_eq!(listed(&emulator, ""), ["-1", "-2"]);
    assert_eq!(listed(&emulator, "online=false"), ["-1"]);
    assert_eq!(listed(&emulator, "online=True"), ["-2"]);
    clock.advance(Duration::from_millis(1));
    assert_eq!(listed(&emulator, ""), ["-2"]);
    let gate = Caller::developer(&emulator).get(&format!("{GATES}/-1"));
    assert!(gate.expect(200).json()["offlineSince"].is_i64());
}

#[test]
fn the_state_of_a_token_follows_from_the_tokens_of_the_environment() {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock.clone());
    let (id, secret) = token(&emulator, Some("now+60d"));
    emulator.enroll_active_gate(&secret, gate("-1")).unwrap();
    assert_eq!(state(&emulator, "-1"), "VALID");
    clock.advance(30 * DAY);
    assert_eq!(state(&emulator, "-1"), "EXPIRING");
    let developer = Caller::developer(&emulator);
    developer
        .delete(&format!("/api/v2/activeGateTokens/{id}"))
        .expect(204);
    assert_eq!(state(&emulator, "-1"), "UNKNOWN");
    assert_eq!(listed(&emulator, "tokenState=UNKNOWN"), ["-1"]);

    let enforcing = emulator.clone().with_token_enforcement(true);
    let refused = enforcing.enroll_active_gate(&secret, gate("-1"));
    assert!(matches!(refused, Err(Error::TokenRejected)));
    let (_, secret) = token(&emulator, None);
    emulator.enroll_active_gate(&secret, gate("-1")).unwrap();
    assert_eq!(state(&emulator, "-1"), "VALID");
    assert_eq!(listed(&emulator, ""), ["-1"]);
}

#[test]
fn a_gate_without_a_token_has_the_state_that_it_was_given_or_absent() {
    let emulator = memory();
    let invalid = ActiveGateTokenUse::new().with_state(ActiveGateTokenState::Invalid);
    let invalid = gate("-2").with_active_gate_tokens([invalid]);
    emulator.add_active_gates([gate("-1"), invalid]).unwrap();
    assert_eq!(state(&emulator, "-1"), "ABSENT");
    assert_eq!(state(&emulator, "-2"), "INVALID");
}

/// Returns an emulator with two gates that differ in everything.
fn different() -> Emulator {
    let emulator = memory();
    let (_, expiring) = token(&emulator, Some("now+20d"));
    let (_, valid) = token(&emulator, None);
    let module = |kind, is_enabled| {
        ActiveGateModule::new()
            .with_kind(kind)
            .with_enabled(is_enabled)
    };
    let one = json!({
        "id": "1", "hostname": "One.example.com", "osType": "LINUX", "osArchitecture": "ARM",
        "networkAddresses": ["10.0.0.1", "one.internal"], "loadBalancerAddresses": ["lb-one"],
        "type": "ENVIRONMENT", "networkZone": "Zone-One", "autoUpdateStatus": "OUTDATED",
        "version": "1.195.7.20200416-144858", "group": "Blue", "containerized": true, "fipsMode": true,
        "autoUpdateSettings": { "setting": "INHERITED", "effectiveSetting": "ENABLED" },
    });
    let two = json!({
        "id": "2", "hostname": "two.example.com", "osType": "WINDOWS", "osArchitecture": "X86",
        "networkAddresses": ["10.0.0.2"], "loadBalancerAddresses": ["lb-two"],
        "type": "ENVIRONMENT_MULTI", "networkZone": "zone-two", "autoUpdateStatus": "UP2DATE",
        "version": "1.200.0.20200630-163221", "group": "green", "containerized": false, "fipsMode": false,
        "autoUpdateSettings": { "setting": "DISABLED", "effectiveSetting": "DISABLED" },
    });
    let read = |gate: Value| serde_json::from_value::<ActiveGate>(gate).unwrap();
    let one = read(one).with_modules([
        module(ActiveGateModuleType::Logs, true),
        module(ActiveGateModuleType::Aws, true),
        module(ActiveGateModuleType::Synthetic, false),
    ]);
    let two = read(two).with_modules([
        module(ActiveGateModuleType::Logs, true),
        module(ActiveGateModuleType::Aws, false),
    ]);
    assert_eq!(two.kind, Some(ActiveGateKind::EnvironmentMulti));
    emulator.enroll_active_gate(&expiring, one).unwrap();
    emulator.enroll_active_gate(&valid, two).unwrap();
    emulator
}

#[test]
fn each_filter_selects() {
    let emulator = different();
    for (one, two) in [
        ("hostname=ONE", "hostname=two.e"),
        ("osType=LINUX", "osType=WINDOWS"),
        ("osArchitecture=ARM", "osArchitecture=X86"),
        ("networkAddress=internal", "networkAddress=0.2"),
        ("loadBalancerAddress=LB-ONE", "loadBalancerAddress=two"),
        ("type=ENVIRONMENT", "type=ENVIRONMENT_MULTI"),
        ("networkZone=zone-one", "networkZone=two"),
        ("updateStatus=OUTDATED", "updateStatus=UP2DATE"),
        (
            "version=1.195.7",
            "version=1.200.0&versionCompareType=EQUAL",
        ),
        (
            "version=1.199.99&versionCompareType=LOWER",
            "version=1.199.99&versionCompareType=GREATER",
        ),
        (
            "version=1.195.7&versionCompareType=LOWER_EQUAL",
            "version=1.200.0&versionCompareType=GREATER_EQUAL",
        ),
        ("autoUpdate=ENABLED", "autoUpdate=DISABLED"),
        ("group=blue", "group=GREEN"),
        ("enabledModule=AWS", "disabledModule=AWS"),
        (
            "enabledModule=LOGS&enabledModule=AWS",
            "enabledModule=LOGS&disabledModule=AWS",
        ),
        ("containerized=true", "containerized=false"),
        ("tokenState=EXPIRING", "tokenState=VALID"),
        ("tokenExpirationSet=true", "tokenExpirationSet=false"),
        ("fipsMode=true", "fipsMode=false"),
    ] {
        assert_eq!(listed(&emulator, one), ["1"], "{one}");
        assert_eq!(listed(&emulator, two), ["2"], "{two}");
    }
    for all in [
        "",
        "unknown=1",
        "versionCompareType=LOWER",
        "enabledModule=LOGS",
        "online=true",
    ] {
        assert_eq!(listed(&emulator, all), ["1", "2"], "{all}");
    }
}

#[track_caller]
fn assert_violation(response: TestResponse, path: &str) {
    let body = response.expect(400).json();
    assert_eq!(body["error"]["constraintViolations"][0]["path"], path);
}

#[test]
fn a_filter_with_a_wrong_value_is_refused() {
    let emulator = seeded();
    for (name, value) in [
        ("osType", "linux"),
        ("type", "CLUSTER"),
        ("updateStatus", ""),
        ("versionCompareType", "NEWER"),
        ("version", "1.195"),
        ("version", "1.195.0.20200416-144858"),
        ("online", "yes"),
        ("tokenState", "GOOD"),
        ("enabledModule", "AWS&enabledModule=NONE"),
    ] {
        let response = Caller::developer(&emulator).get(&format!("{GATES}?{name}={value}"));
        assert_violation(response, name);
    }
}

#[test]
fn paths_beside_those_of_gates_are_no_gates() {
    let emulator = seeded();
    let developer = Caller::developer(&emulator);
    let groups = developer.get(&format!("{GATES}/groups")).expect(200).json();
    assert_eq!(groups, json!({ "groups": [{ "name": "default" }] }));
    let enforcement = developer.get(&format!("{GATES}/tokenEnforcement"));
    assert_eq!(enforcement.expect(200).json()["manualEnforced"], false);
    let jobs = developer.get(&format!("{GATES}/updateJobs")).expect(200);
    let jobs = jobs.json();
    assert_eq!(jobs["allUpdateJobs"][0]["agId"], "1541791174");
    let job = &jobs["allUpdateJobs"][0]["updateJobs"][0];
    assert_eq!(job["jobState"], "SUCCEED");
    let failed = &jobs["allUpdateJobs"][0]["updateJobs"][1];
    assert_eq!(failed["jobState"], "FAILED");
    let id = failed["jobId"].as_str().unwrap();
    let read = developer.get(&format!("{GATES}/1541791174/updateJobs/{id}"));
    assert_eq!(&read.expect(200).json(), failed);
    assert!(failed["error"].is_string());
    for path in [
        "autoUpdate",
        "remoteConfigurationManagement",
        "groups/updateJobs",
    ] {
        developer.get(&format!("{GATES}/{path}")).expect(404);
    }
    let response = developer.delete(&format!("{GATES}/groups")).expect(405);
    assert_eq!(response.headers["allow"], "GET");
    for id in ["groups", "autoUpdate", ""] {
        let refused = emulator.add_active_gates([gate(id)]);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{id}");
    }
}

#[test]
fn a_gate_enrolls_itself_over_http() {
    let emulator = memory().with_token_enforcement(true);
    let (_, secret) = token(&emulator, None);
    let enroll = |token: &str| {
        let gate = Caller::with(&emulator, format!("Bearer {token}"));
        gate.post(
            "/emulator/v1/activeGates",
            &json!({ "id": "-1", "hostname": "edge" }),
        )
    };
    enroll("dt0g02.wrong").expect(401);
    enroll("").expect(401);
    assert!(listed(&emulator, "").is_empty());
    let gate = enroll(secret.expose()).expect(201).json();
    assert_eq!(gate["activeGateTokens"][0]["state"], "VALID");
    assert_eq!(listed(&emulator, "hostname=edge"), ["-1"]);
}

/// Returns the use that an ActiveGate's token was recorded to have.
fn last_use(emulator: &Emulator, id: &str) -> Value {
    let token = Caller::developer(emulator).get(&format!("/api/v2/activeGateTokens/{id}"));
    token.expect(200).json()["lastUsedDate"].clone()
}

// E42
#[test]
fn a_gate_connects_without_a_valid_token_unless_tokens_are_enforced() {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock.clone());
    let (id, expired) = token(&emulator, Some("now+1d"));
    clock.advance(DAY);
    let (other, valid) = token(&emulator, None);
    let (_, expiring) = token(&emulator, Some("now+20d"));
    let rejected = [
        (Secret::new(""), "ABSENT"),
        ("dt0g02.wrong".into(), "INVALID"),
        (format!("{other}.ANOTHERSECRET").into(), "INVALID"),
        ("dt0g02.NOSUCH.SECRET".into(), "UNKNOWN"),
        (expired, "UNKNOWN"),
    ];
    let enforcing = emulator.clone().with_token_enforcement(true);
    for (secret, expected) in &rejected {
        let refused = enforcing.enroll_active_gate(secret, gate("-1"));
        assert!(matches!(refused, Err(Error::TokenRejected)), "{expected}");
        assert!(listed(&emulator, "").is_empty());
    }
    for (secret, expected) in &rejected {
        emulator.enroll_active_gate(secret, gate("-1")).unwrap();
        assert_eq!(state(&emulator, "-1"), *expected);
    }
    for id in [&id, &other] {
        assert_eq!(last_use(&emulator, id), Value::Null);
    }
    for (secret, expected) in [(valid, "VALID"), (expiring, "EXPIRING")] {
        enforcing.enroll_active_gate(&secret, gate("-1")).unwrap();
        assert_eq!(state(&emulator, "-1"), expected);
    }
    for (emulator, enforced) in [(&emulator, false), (&enforcing, true)] {
        let path = format!("{GATES}/tokenEnforcement");
        let read = Caller::developer(emulator).get(&path).expect(200).json();
        assert_eq!(read["manualEnforced"], enforced);
        assert_eq!(read["autoEnforced"], false);
    }
}

// E41
#[test]
fn a_gate_that_cannot_be_stored_does_not_use_its_token() {
    let emulator = memory();
    let (id, secret) = token(&emulator, None);
    let refused = emulator.enroll_active_gate(&secret, ActiveGate::new());
    assert!(matches!(refused, Err(Error::Invalid(_))));
    assert_eq!(last_use(&emulator, &id), Value::Null);
}
