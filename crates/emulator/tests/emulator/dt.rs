//! Dynatrace's operations, called without a client.

use std::time::{Duration, SystemTime};

use crate::support::{Caller, READ, TestResponse, field, memory, seeded};
use bytes::Bytes;
use gatelet_emulator::{Error, well_known};
use gatelet_models::dt::{
    ActiveGateToken, ActiveGateTokenCreated, ActiveGateTokenList, ErrorEnvelope, ParameterLocation,
};
use gatelet_models::{Secret, Timestamp};
use gatelet_transport::Clock;
use gatelet_transport::testing::ManualClock;
use serde_json::{Value, json};

const TOKENS: &str = "/api/v2/activeGateTokens";

/// Checks for Dynatrace's error envelope; returns its message.
#[track_caller]
fn assert_error(response: TestResponse, status: u16) -> String {
    assert_eq!(response.status, status, "{}", response.text());
    assert_eq!(
        response.headers["content-type"],
        "application/json; charset=utf-8"
    );
    let envelope: ErrorEnvelope = serde_json::from_slice(&response.body).unwrap();
    let error = envelope.error.unwrap();
    assert_eq!(error.code, Some(i32::from(status)));
    error.message.unwrap()
}

/// Checks for a 400 with one violation at this location.
#[track_caller]
fn assert_violation(response: TestResponse, location: ParameterLocation, path: &str) {
    assert_eq!(response.status, 400, "{}", response.text());
    let envelope: ErrorEnvelope = serde_json::from_slice(&response.body).unwrap();
    let violations = envelope.error.unwrap().constraint_violations.unwrap();
    let [violation] = violations.as_slice() else {
        panic!("{violations:?}")
    };
    assert_eq!(violation.path.as_deref(), Some(path));
    assert_eq!(violation.parameter_location, Some(location));
}

fn create_body(name: &str) -> Value {
    json!({ "name": name, "activeGateType": "ENVIRONMENT" })
}

#[test]
fn the_published_examples_are_returned_as_published() {
    let emulator = seeded();
    let mut list = Caller::developer(&emulator).get(TOKENS).expect(200).json();
    // Beside the examples, one that expires in 20 days.
    let expiring = list["activeGateTokens"].as_array_mut().unwrap().pop();
    assert!(expiring.unwrap()["expirationDate"].is_string());
    let expected = json!({
        "totalCount": 4,
        "pageSize": 100,
        "nextPageKey": null,
        "activeGateTokens": [
            {
                "id": "dt0g02.abc123",
                "name": "system:installer",
                "owner": "max.mustermann@company.com",
                "creationDate": "2021-11-22T11:39:29.797Z",
                "seedToken": true,
                "activeGateType": "ENVIRONMENT"
            },
            {
                "id": "dt0g02.321cba",
                "name": "system:installer",
                "owner": "john.smith@company.com",
                "creationDate": "2021-11-30T14:11:40.913Z",
                "seedToken": true,
                "activeGateType": "ENVIRONMENT"
            },
            {
                "id": "dt0g02.123abc",
                "name": "system:initial-setup",
                "owner": "mary.brown@company.com",
                "creationDate": "2021-10-22T13:48:00.135Z",
                "lastUsedDate": "2021-12-02T11:52:17.201Z",
                "seedToken": false,
                "activeGateType": "ENVIRONMENT"
            }
        ]
    });
    assert_eq!(list, expected);
}

#[test]
fn a_token_is_created_read_and_revoked() {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock.clone());
    let developer = Caller::developer(&emulator);
    let body = json!({
        "name": "edge-7", "activeGateType": "CLUSTER", "seedToken": true, "expirationDate": "now+60d"
    });
    let response = developer.post(TOKENS, &body).expect(201);
    let created: ActiveGateTokenCreated = serde_json::from_slice(&response.body).unwrap();
    let public = format!("{}.", created.id);
    assert!(created.token.expose().starts_with(&public));
    assert_eq!(created.token.expose().len(), public.len() + 64);
    assert_eq!(public.len(), "dt0g02.4KWZO5EF.".len());

    let path = format!("{TOKENS}/{}", created.id);
    let token = developer.get(&path).expect(200).json();
    assert_eq!(token["name"], "edge-7");
    assert_eq!(token["owner"], well_known::DT_OWNER);
    assert_eq!(token["seedToken"], true);
    assert_eq!(token["activeGateType"], "CLUSTER");
    assert_eq!(token["expirationDate"], response.json()["expirationDate"]);
    assert_eq!(token.get("lastUsedDate"), None);

    assert!(developer.delete(&path).expect(204).body.is_empty());
    assert_error(developer.get(&path), 404);
    assert_error(developer.delete(&path), 404);
    assert_eq!(developer.get(TOKENS).json()["totalCount"], 0);
}

#[test]
fn every_form_of_the_base_url_is_the_same_environment() {
    let emulator = seeded();
    let bearer = format!("Bearer {}", well_known::DT_PLATFORM_TOKEN);
    let developer = Caller::with(&emulator, bearer);
    for base in [
        "/api/v2",
        "/e/abc-123/api/v2",
        "/platform/classic/environment-api/v2",
    ] {
        let list = developer
            .get(&format!("{base}/activeGateTokens"))
            .expect(200)
            .json();
        assert_eq!(list["totalCount"], 4, "{base}");
        assert_error(developer.get(&format!("{base}/apiTokens")), 404);
    }
}

#[test]
fn an_invalid_body_is_refused_by_name() {
    let emulator = memory();
    let developer = Caller::developer(&emulator);
    for (body, place) in [
        (json!({ "name": "", "activeGateType": "CLUSTER" }), "name"),
        (
            json!({ "name": "x", "activeGateType": "cluster" }),
            "activeGateType",
        ),
        (json!({ "name": 1, "activeGateType": "CLUSTER" }), "name"),
        (
            json!({ "name": "x", "activeGateType": "CLUSTER", "seedToken": "false" }),
            "seedToken",
        ),
        (
            json!({ "name": "x", "activeGateType": "CLUSTER", "expirationDate": "tomorrow" }),
            "expirationDate",
        ),
        (
            json!({ "name": "x", "activeGateType": "CLUSTER", "expirationDate": "now-1d" }),
            "expirationDate",
        ),
        (
            json!({ "name": "x", "activeGateType": "CLUSTER", "expirationDate": "now+3y" }),
            "expirationDate",
        ),
        (
            json!({ "name": "x", "activeGateType": "CLUSTER", "expirationDate": 1774000000000_i64 }),
            "expirationDate",
        ),
    ] {
        assert_violation(
            developer.post(TOKENS, &body),
            ParameterLocation::PayloadBody,
            place,
        );
    }
    assert_eq!(developer.get(TOKENS).json()["totalCount"], 0);
}

/// Creates an environment with this many tokens, named by their numbers.
fn with_tokens(number: usize) -> gatelet_emulator::Emulator {
    let emulator = memory();
    for n in 0..number {
        Caller::developer(&emulator)
            .post(TOKENS, &create_body(&n.to_string()))
            .expect(201);
    }
    emulator
}

#[test]
fn page_keys_visit_every_page_once() {
    let emulator = with_tokens(250);
    let developer = Caller::developer(&emulator);
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    let mut path = format!("{TOKENS}?pageSize=100");
    loop {
        let response = developer.get(&path).expect(200);
        let page: ActiveGateTokenList = serde_json::from_slice(&response.body).unwrap();
        assert_eq!((page.total_count, page.page_size), (Some(250), Some(100)));
        let tokens = page.active_gate_tokens.unwrap();
        sizes.push(tokens.len());
        names.extend(tokens.into_iter().filter_map(|token| token.name));
        let Some(key) = page.next_page_key else { break };
        assert!(key.ends_with('='), "{key}");
        path = format!("{TOKENS}?nextPageKey={}", key.replace('=', "%3D"));
    }
    assert_eq!(sizes, [100, 100, 50]);
    assert_eq!(names, (0..250).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_list_neither_skips_nor_repeats_while_tokens_are_created_and_deleted() {
    let emulator = with_tokens(150);
    let developer = Caller::developer(&emulator);
    let first = developer.get(TOKENS).expect(200).json();
    let ids = field(&first["activeGateTokens"], "id");
    for id in [&ids[0], &ids[99]] {
        developer.delete(&format!("{TOKENS}/{id}")).expect(204);
    }
    developer.post(TOKENS, &create_body("150")).expect(201);
    let key = first["nextPageKey"].as_str().unwrap();
    let second = developer
        .get(&format!("{TOKENS}?nextPageKey={key}"))
        .expect(200)
        .json();
    let names = field(&second["activeGateTokens"], "name");
    assert_eq!(
        names,
        (100..=150).map(|n| n.to_string()).collect::<Vec<_>>()
    );
    assert_eq!(second["totalCount"], 149);
}

// E24
#[test]
fn a_page_key_rejects_other_parameters() {
    let emulator = with_tokens(101);
    let developer = Caller::developer(&emulator);
    let list = developer.get(TOKENS).expect(200).json();
    let key = list["nextPageKey"].as_str().unwrap();
    developer
        .get(&format!("{TOKENS}?nextPageKey={key}"))
        .expect(200);
    let both = developer.get(&format!("{TOKENS}?nextPageKey={key}&pageSize=100"));
    assert_violation(both, ParameterLocation::Query, "pageSize");
}

#[test]
fn a_page_key_of_another_list_is_refused() {
    let emulator = with_tokens(101);
    let other = with_tokens(101);
    let list = Caller::developer(&other).get(TOKENS).expect(200).json();
    let foreign = list["nextPageKey"].as_str().unwrap();
    let developer = Caller::developer(&emulator);
    for key in [foreign, "", "AAAA", "%00", "null"] {
        let response = developer.get(&format!("{TOKENS}?nextPageKey={key}"));
        assert_violation(response, ParameterLocation::Query, "nextPageKey");
    }
}

#[test]
fn the_page_size_has_its_documented_limits() {
    let emulator = seeded();
    let developer = Caller::developer(&emulator);
    for size in ["100", "3000"] {
        let list = developer
            .get(&format!("{TOKENS}?pageSize={size}"))
            .expect(200)
            .json();
        assert_eq!(list["pageSize"].to_string(), size);
    }
    for size in ["99", "3001", "0", "-1", "", "x", "99999999999999999999"] {
        let response = developer.get(&format!("{TOKENS}?pageSize={size}"));
        assert_violation(response, ParameterLocation::Query, "pageSize");
    }
}

#[test]
fn a_token_without_the_scope_is_refused_by_its_name() {
    let emulator = seeded();
    let reader = format!("Api-Token {}", well_known::DT_READ_ONLY_TOKEN);
    let reader = Caller::with(&emulator, reader);
    reader.get(TOKENS).expect(200);
    reader.get(&format!("{TOKENS}/dt0g02.abc123")).expect(200);
    let message = assert_error(reader.post(TOKENS, &create_body("x")), 403);
    assert!(
        message.contains("activeGateTokenManagement.create"),
        "{message}"
    );
    let message = assert_error(reader.delete(&format!("{TOKENS}/dt0g02.abc123")), 403);
    assert!(
        message.contains("activeGateTokenManagement.write"),
        "{message}"
    );
    reader.get(&format!("{TOKENS}/dt0g02.abc123")).expect(200);
}

// E9
#[test]
fn an_unknown_token_and_a_wrong_secret_look_the_same() {
    let emulator = seeded();
    let (public, secret) = well_known::DT_TOKEN.rsplit_once('.').unwrap();
    let other = "Z".repeat(secret.len());
    let refusals = [
        format!("Api-Token dt0c01.{}.{secret}", "Z".repeat(24)),
        format!("Api-Token {public}.{other}"),
        format!("Api-Token {public}.short"),
        format!("Api-Token {public}"),
        format!("Bearer {}", well_known::DT_TOKEN),
        "Api-Token".to_owned(),
        "garbage".to_owned(),
    ]
    .map(|authorization| Caller::with(&emulator, authorization).get(TOKENS));
    for refusal in &refusals {
        assert_eq!(refusal.body, refusals[0].body);
        assert_eq!(refusal.headers, refusals[0].headers);
    }
    for refusal in refusals {
        assert_error(refusal, 401);
    }
    let missing = Caller::nobody(&emulator).get(TOKENS);
    assert_eq!(
        assert_error(missing, 401),
        "Missing authorization parameter."
    );
}

#[test]
fn one_of_the_operations_scopes_suffices() {
    let emulator = memory();
    let token = Secret::new("dt0c01.PUBLIC.SECRET");
    emulator
        .add_access_token(
            &token,
            "me@example.com",
            &["activeGateTokenManagement.write"],
        )
        .unwrap();
    let writer = Caller::with(&emulator, "Api-Token dt0c01.PUBLIC.SECRET");
    let created = writer.post(TOKENS, &create_body("x")).expect(201).json();
    assert_error(writer.get(TOKENS), 403);
    writer
        .delete(&format!("{TOKENS}/{}", created["id"].as_str().unwrap()))
        .expect(204);
}

#[test]
fn an_access_token_can_be_added() {
    let emulator = seeded();
    let token = Secret::new("dt0c01.PUBLIC.SECRET");
    emulator
        .add_access_token(&token, "me@example.com", &[READ])
        .unwrap();
    Caller::with(&emulator, "Api-Token dt0c01.PUBLIC.SECRET")
        .get(TOKENS)
        .expect(200);
    let refused = emulator.add_access_token(&Secret::new("whole-secret"), "me", &[READ]);
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

#[test]
fn tokens_are_added_all_or_none() {
    let emulator = memory();
    let token = |id: &str| ActiveGateToken::new(id, Timestamp::UNSET);
    let added = emulator.add_active_gate_tokens(["dt0g02.A", "dt0g02.B"].map(token));
    added.unwrap();
    let refused = emulator.add_active_gate_tokens(["dt0g02.C", "dt0g02.A"].map(token));
    assert!(matches!(refused, Err(Error::Invalid(_))));
    let list = Caller::developer(&emulator).get(TOKENS).json();
    assert_eq!(
        field(&list["activeGateTokens"], "id"),
        ["dt0g02.A", "dt0g02.B"]
    );
}

// E40
#[test]
fn a_token_with_a_lifetime_of_a_second_expires_after_it() {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock.clone());
    let now = clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let end = Timestamp::from_unix_millis(i64::try_from(now.as_millis()).unwrap() + 1000);
    let mut body = create_body("edge");
    body["expirationDate"] = end.milliseconds().to_string().into();
    let response = Caller::developer(&emulator).post(TOKENS, &body).expect(201);
    let created: ActiveGateTokenCreated = serde_json::from_slice(&response.body).unwrap();
    clock.advance(Duration::from_millis(999));
    emulator.connect_active_gate(&created.token).unwrap();
    clock.advance(Duration::from_millis(1));
    let refused = emulator.connect_active_gate(&created.token);
    assert!(matches!(refused, Err(Error::TokenRejected)));
}

#[test]
fn an_active_gate_connects_until_its_token_expires_or_is_revoked() {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock.clone());
    let developer = Caller::developer(&emulator);
    let mut body = create_body("edge");
    body["expirationDate"] = "now+1h".into();
    let response = developer.post(TOKENS, &body).expect(201);
    let created: ActiveGateTokenCreated = serde_json::from_slice(&response.body).unwrap();
    let path = format!("{TOKENS}/{}", created.id);

    clock.advance(Duration::from_secs(60));
    assert_eq!(
        emulator.connect_active_gate(&created.token).unwrap(),
        created.id
    );
    let token = developer.get(&path).json();
    assert!(token["lastUsedDate"].as_str() > token["creationDate"].as_str());

    let wrong = format!("{}A", created.token.expose());
    assert!(matches!(
        emulator.connect_active_gate(&wrong.into()),
        Err(Error::TokenRejected)
    ));
    clock.advance(Duration::from_secs(3600 - 60));
    assert!(matches!(
        emulator.connect_active_gate(&created.token),
        Err(Error::TokenRejected)
    ));
    developer.delete(&path).expect(204);
    assert!(matches!(
        emulator.connect_active_gate(&created.token),
        Err(Error::TokenRejected)
    ));
}

#[test]
fn control_characters_in_a_name_stay_data() {
    let emulator = memory();
    let developer = Caller::developer(&emulator);
    let name = "a\r\nSet-Cookie: x\u{1b}[31m\0";
    let created = developer
        .post(TOKENS, &create_body(name))
        .expect(201)
        .json();
    let response = developer
        .get(&format!("{TOKENS}/{}", created["id"].as_str().unwrap()))
        .expect(200);
    assert_eq!(response.json()["name"], name);
    assert!(!response.text().contains(['\r', '\n', '\u{1b}', '\0']));
}

#[test]
fn another_method_is_refused_with_the_allowed_ones() {
    let emulator = seeded();
    let response = Caller::developer(&emulator).put(TOKENS, &json!({}));
    assert_eq!(response.headers["allow"], "GET, POST");
    assert_error(response, 405);
}

#[test]
fn another_content_type_is_refused() {
    let emulator = memory();
    let request = http::Request::post(TOKENS)
        .header(
            "authorization",
            format!("Api-Token {}", well_known::DT_TOKEN),
        )
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(create_body("x").to_string()))
        .unwrap();
    assert_error(emulator.handle(request).into(), 415);
}
