//! ActiveGate tokens in the API of the platform, called without a client.

use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::ManualClock;
use serde_json::{Value, json};

use crate::support::{Caller, TestResponse, memory, seeded};

const CLASSIC: &str = "/api/v2/activeGateTokens";
const FLEET: &str = "/platform/fleet-management/v1/activegate/tokens";
const READ: &str = "fleet-management:activegate.tokens:read";

/// The platform token with all scopes.
fn platform(emulator: &Emulator) -> Caller<'_> {
    Caller::with(
        emulator,
        format!("Bearer {}", well_known::DT_PLATFORM_TOKEN),
    )
}

/// Returns the error of a refusal by the platform's gateway.
#[track_caller]
fn refusal(response: TestResponse, status: u16) -> Value {
    let response = response.expect(status);
    assert_eq!(response.headers["dynatrace-response-source"], "API Gateway");
    let error = response.json()["error"].clone();
    assert_eq!(error["code"], status);
    error
}

/// Returns the parameter of the only violation.
#[track_caller]
fn violation(response: TestResponse) -> String {
    let response = response.expect(400);
    assert!(!response.headers.contains_key("dynatrace-response-source"));
    let violations = &response.json()["error"]["constraintViolations"];
    assert_eq!(violations.as_array().unwrap().len(), 1, "{violations}");
    violations[0]["path"].as_str().unwrap().to_owned()
}

#[test]
fn a_token_of_one_api_is_visible_in_the_other() {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock);
    let (platform, classic) = (platform(&emulator), Caller::developer(&emulator));
    let body = json!({ "name": "edge-7", "expirationDate": "now+60d", "seedToken": true });
    let created = platform.post(FLEET, &body).expect(201).json();
    let id = created["id"].as_str().unwrap();
    assert!(created["token"].as_str().unwrap().starts_with(id));
    let shown = platform.get(&format!("{FLEET}/{id}")).expect(200).json();
    assert_eq!(shown["name"], "edge-7");
    assert_eq!(shown["owner"], well_known::DT_OWNER);
    assert_eq!(shown["seedToken"], true);
    assert_eq!(shown["expirationDate"], created["expirationDate"]);
    // The platform does not know the kind.
    assert_eq!(shown.get("activeGateType"), None);
    let by_classic = classic.get(&format!("{CLASSIC}/{id}")).expect(200).json();
    assert_eq!(by_classic["activeGateType"], "ENVIRONMENT");

    let other = json!({ "name": "edge-8", "activeGateType": "CLUSTER" });
    let other = classic.post(CLASSIC, &other).expect(201).json();
    let list = platform.get(FLEET).expect(200).json();
    let tokens = list["activeGateTokens"].as_array().unwrap();
    assert_eq!(tokens.len(), 2);
    assert!(tokens.iter().all(|it| it.get("activeGateType").is_none()));
    let path = format!("{FLEET}/{}", other["id"].as_str().unwrap());
    platform.delete(&path).expect(204);
    platform.delete(&path).expect(404);
    classic.delete(&format!("{CLASSIC}/{id}")).expect(204);
    platform.get(&format!("{FLEET}/{id}")).expect(404);
}

// E24
#[test]
fn a_page_is_requested_by_its_key_alone() {
    let emulator = memory();
    let platform = platform(&emulator);
    for number in 0..101 {
        let body = json!({ "name": format!("edge-{number}") });
        platform.post(FLEET, &body).expect(201);
    }
    let first = platform.get(&format!("{FLEET}?page-size=100"));
    let first = first.expect(200).json();
    assert_eq!(first["activeGateTokens"].as_array().unwrap().len(), 100);
    let key = first["nextPageKey"].as_str().unwrap().replace('=', "%3D");
    let last = platform.get(&format!("{FLEET}?page-key={key}"));
    let last = last.expect(200).json();
    assert_eq!(last["activeGateTokens"].as_array().unwrap().len(), 1);
    assert_eq!(last["nextPageKey"], Value::Null);
    for (query, parameter) in [
        (format!("page-key={key}&page-size=100"), "page-size"),
        ("page-size=99".into(), "page-size"),
        ("page-size=3001".into(), "page-size"),
        ("page-size=many".into(), "page-size"),
        ("page-key=foreign".into(), "page-key"),
    ] {
        let refused = platform.get(&format!("{FLEET}?{query}"));
        assert_eq!(violation(refused), parameter, "{query}");
    }
    // The classic names are no parameters here.
    platform.get(&format!("{FLEET}?pageSize=1")).expect(200);
}

#[test]
fn unknown_members_of_a_body_are_ignored_and_known_ones_checked() {
    let emulator = memory();
    let platform = platform(&emulator);
    let body = json!({ "name": "a", "activeGateType": "NONSENSE", "more": [1] });
    platform.post(FLEET, &body).expect(201);
    for (body, member) in [
        (json!({}), ""),
        (json!({ "name": " " }), "name"),
        (
            json!({ "name": "a", "expirationDate": "now-1d" }),
            "expirationDate",
        ),
        (
            json!({ "name": "a", "expirationDate": "now+3y" }),
            "expirationDate",
        ),
        (json!({ "name": "a", "seedToken": "false" }), "seedToken"),
    ] {
        assert_eq!(violation(platform.post(FLEET, &body)), member, "{body}");
    }
}

// E4
#[test]
fn violations_are_in_the_details_of_the_platforms_errors_if_that_is_set() {
    let emulator = memory().with_platform_violations(true);
    let platform = platform(&emulator);
    let refused = platform.get(&format!("{FLEET}?page-size=1")).expect(400);
    let error = &refused.json()["error"];
    let violation = &error["details"]["constraintViolations"][0];
    assert_eq!(violation["path"], "page-size");
    assert!(violation["message"].is_string(), "{error}");
    let listed = error["constraintViolations"].as_array();
    assert!(listed.is_none_or(Vec::is_empty), "{error}");
    // The classic API is as before, and so is an error without violations.
    let refused = Caller::developer(&emulator).get(&format!("{CLASSIC}?pageSize=1"));
    let error = &refused.expect(400).json()["error"];
    assert!(error["constraintViolations"].is_array(), "{error}");
    let missing = platform.get(&format!("{FLEET}/dt0g02.NOSUCH")).expect(404);
    assert_eq!(missing.json()["error"].get("details"), None);
}

#[test]
fn the_gateway_refuses_other_schemes_and_unknown_tokens() {
    let emulator = seeded();
    for authorization in [
        format!("Api-Token {}", well_known::DT_TOKEN),
        format!("Bearer {}", well_known::DT_TOKEN),
        format!("Api-Token {}", well_known::DT_PLATFORM_TOKEN),
        format!("Bearer {}A", well_known::DT_PLATFORM_TOKEN),
        "Bearer".into(),
    ] {
        let caller = Caller::with(&emulator, authorization.clone());
        let error = refusal(caller.get(FLEET), 401);
        assert_eq!(error.get("details"), None, "{authorization}");
        assert!(!error.to_string().contains("GATELET"), "{error}");
    }
    refusal(Caller::nobody(&emulator).get(FLEET), 401);
    let error = refusal(Caller::developer(&emulator).get(FLEET), 401);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("require 'Bearer'"), "{message}");
}

#[test]
fn the_gateway_names_the_missing_scopes() {
    let emulator = memory();
    let token = "dt0s16.PUBLIC.EXAMPLE";
    let add = |scopes: &[&str]| {
        let added = emulator.add_access_token(&token.into(), "me", scopes);
        added.unwrap();
    };
    let caller = Caller::with(&emulator, format!("Bearer {token}"));
    add(&[READ]);
    caller.get(FLEET).expect(200);
    let error = refusal(caller.post(FLEET, &json!({ "name": "a" })), 403);
    assert_eq!(
        error["details"]["missingScopes"],
        json!([
            "fleet-management:activegate.tokens:create",
            "fleet-management:activegate.tokens:write"
        ])
    );
    add(&["fleet-management:activegate.tokens:create"]);
    caller.post(FLEET, &json!({ "name": "a" })).expect(201);
    let error = refusal(caller.get(FLEET), 403);
    assert_eq!(error["details"]["missingScopes"], json!([READ]));
    // Scopes of the classic API are no scopes of the platform.
    add(&["environment-api:activegate-tokens:read"]);
    refusal(caller.get(FLEET), 403);
}

#[test]
fn only_the_long_path_is_served_and_each_api_has_its_own_operations() {
    let emulator = seeded();
    let platform = platform(&emulator);
    let base = "/platform/fleet-management/v1";
    for path in [
        "/v1/activegate/tokens".to_owned(),
        format!("{base}/activeGateTokens"),
        format!("{base}/activeGates"),
        format!("{base}x/activegate/tokens"),
        "/api/v2/activegate/tokens".to_owned(),
    ] {
        let status = platform.get(&path).status;
        assert!([401, 404].contains(&status.as_u16()), "{path}: {status}");
    }
    let refused = platform.put(FLEET, &json!({})).expect(405);
    assert_eq!(refused.headers["allow"], "GET, POST");
}
