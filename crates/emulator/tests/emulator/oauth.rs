//! The credentials of Dynatrace's platform: OAuth clients and platform tokens.

use std::time::Duration;

use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::ManualClock;
use http::Request;
use serde_json::json;

use crate::support::{Caller, TestResponse, memory, seeded};

const CLASSIC: &str = "/api/v2/activeGateTokens";
const FLEET: &str = "/platform/fleet-management/v1/activegate/tokens";
const PROXY: &str = "/platform/classic/environment-api/v2/activeGateTokens";
const READ: &str = "fleet-management:activegate.tokens:read";

/// The parameters of a request that is granted.
fn parameters() -> Vec<(&'static str, &'static str)> {
    vec![
        ("grant_type", "client_credentials"),
        ("client_id", well_known::DT_OAUTH_CLIENT_ID),
        ("client_secret", well_known::DT_OAUTH_CLIENT_SECRET),
        ("scope", READ),
        ("resource", "urn:dtenvironment:abc12345"),
    ]
}

fn exchange(emulator: &Emulator, parameters: &[(&str, &str)]) -> TestResponse {
    let mut form = form_urlencoded::Serializer::new(String::new());
    let form = form.extend_pairs(parameters).finish();
    send(emulator, "application/x-www-form-urlencoded", form)
}

fn send(emulator: &Emulator, content_type: &str, body: String) -> TestResponse {
    let request = Request::post("https://sso.dynatrace.com/sso/oauth2/token");
    let request = request.header("content-type", content_type);
    emulator.handle(request.body(body.into()).unwrap()).into()
}

/// Returns the `Authorization` of a token for these scopes.
fn bearer(emulator: &Emulator, scope: &str) -> String {
    let mut parameters = parameters();
    parameters[3].1 = scope;
    let issued = exchange(emulator, &parameters).expect(200).json();
    format!("Bearer {}", issued["access_token"].as_str().unwrap())
}

#[test]
fn a_client_exchanges_its_secret_for_a_bearer() {
    let emulator = seeded();
    let issued = exchange(&emulator, &parameters()).expect(200).json();
    assert_eq!(issued["token_type"], "Bearer");
    assert_eq!(issued["expires_in"], 3600);
    assert_eq!(issued["scope"], READ);
    let token = issued["access_token"].as_str().unwrap();
    let caller = Caller::with(&emulator, format!("Bearer {token}"));
    for path in [CLASSIC, PROXY] {
        assert_eq!(caller.get(path).expect(200).json()["totalCount"], 4);
    }
    // One character less, and one other character in its place: it ends at random.
    let (start, last) = token.split_at(token.len() - 1);
    let other = if last == "A" { "B" } else { "A" };
    for forged in [start.to_owned(), format!("{start}{other}")] {
        let caller = Caller::with(&emulator, format!("Bearer {forged}"));
        assert_eq!(caller.get(PROXY).status, 401);
    }
}

#[test]
fn a_refused_exchange_is_a_400_with_the_code_of_oauth() {
    let emulator = memory();
    let changed = |name: &str, value: &'static str| {
        let mut parameters = parameters();
        let changed = parameters.iter_mut().find(|(key, _)| *key == name);
        changed.unwrap().1 = value;
        exchange(&emulator, &parameters)
    };
    for (name, value, code) in [
        ("grant_type", "password", "unsupported_grant_type"),
        ("client_id", "dt0s02.UNKNOWN2", "invalid_client"),
        ("client_secret", "dt0s02.GATELET2.WRONG", "invalid_client"),
        ("scope", "fleet-management:unknown:read", "invalid_scope"),
        ("scope", "activeGateTokenManagement.read", "invalid_scope"),
        ("scope", "", "invalid_request"),
        ("resource", "abc12345", "invalid_request"),
        ("resource", "urn:dtenvironment:", "invalid_request"),
    ] {
        let refused = changed(name, value).expect(400);
        assert_eq!(refused.json()["error"], code, "{name}={value}");
        assert!(!refused.text().contains("WRONG"));
    }
    for missing in 0..parameters().len() {
        let mut fewer = parameters();
        fewer.remove(missing);
        let refused = exchange(&emulator, &fewer).expect(400).json();
        assert_eq!(refused["error"], "invalid_request", "{missing}");
    }
    let mut twice = parameters();
    twice.push(("scope", READ));
    exchange(&emulator, &twice).expect(400);
    send(&emulator, "application/json", json!({}).to_string()).expect(400);
    let get = Caller::nobody(&emulator)
        .get("/sso/oauth2/token")
        .expect(405);
    assert_eq!(get.headers["allow"], "POST");
}

// U44
#[test]
fn each_kind_of_token_has_its_scheme_and_its_paths() {
    let emulator = memory();
    let oauth = bearer(&emulator, READ);
    let platform = well_known::DT_PLATFORM_TOKEN;
    let classic = well_known::DT_TOKEN;
    for (authorization, status, status_of_platform) in [
        (format!("Api-Token {classic}"), 200, 401),
        (format!("Bearer {classic}"), 401, 401),
        (oauth.replace("Bearer", "Api-Token"), 401, 401),
        (oauth, 200, 200),
        (format!("Bearer {platform}"), 200, 200),
        (format!("Api-Token {platform}"), 401, 401),
        (format!("Basic {platform}"), 401, 401),
    ] {
        let caller = Caller::with(&emulator, authorization.clone());
        for (path, status) in [(CLASSIC, status), (PROXY, status_of_platform)] {
            assert_eq!(caller.get(path).status, status, "{path} {authorization}");
        }
    }
    let refused = Caller::developer(&emulator).get(PROXY);
    assert!(
        refused.text().contains("require 'Bearer'"),
        "{}",
        refused.text()
    );
}

// U44
#[test]
fn a_platform_token_is_an_api_token_of_the_classic_api_if_that_is_set() {
    let emulator = memory().with_platform_tokens_as_api_tokens(true);
    let platform = format!("Api-Token {}", well_known::DT_PLATFORM_TOKEN);
    let classic = format!("Api-Token {}", well_known::DT_TOKEN);
    for (authorization, expected) in [
        (platform.clone(), [200, 200, 401]),
        (platform.replace("Api-Token", "Bearer"), [200, 200, 200]),
        (format!("{platform}x"), [401, 401, 401]),
        (classic, [200, 401, 401]),
    ] {
        let caller = Caller::with(&emulator, authorization.clone());
        for (path, status) in [CLASSIC, PROXY, FLEET].into_iter().zip(expected) {
            assert_eq!(caller.get(path).status, status, "{path} {authorization}");
        }
    }
}

#[test]
fn a_bearer_has_the_scopes_that_were_requested_and_no_others() {
    let emulator = memory();
    let body = json!({ "name": "x", "activeGateType": "ENVIRONMENT" });
    for scope in [READ, "environment-api:activegate-tokens:read"] {
        let reader = Caller::with(&emulator, bearer(&emulator, scope));
        reader.get(PROXY).expect(200);
        let refused = reader.post(PROXY, &body).expect(403);
        let message = "OAuth token is missing required scope. Use one of: ";
        assert!(refused.text().contains(message), "{}", refused.text());
        assert!(
            refused
                .text()
                .contains("fleet-management:activegate.tokens:create")
        );
    }
    let both = format!("{READ} fleet-management:activegate.tokens:write");
    let writer = Caller::with(&emulator, bearer(&emulator, &both));
    let created = writer.post(PROXY, &body).expect(201).json();
    let path = format!("{PROXY}/{}", created["id"].as_str().unwrap());
    assert_eq!(writer.get(&path).json()["owner"], well_known::DT_OWNER);
    writer.delete(&path).expect(204);
}

#[test]
fn an_added_client_and_platform_token_have_their_own_scopes() {
    let emulator = memory();
    let secret = "dt0s02.READER.EXAMPLE";
    let add = |scopes: &[&str]| {
        let added = emulator.add_oauth_client("dt0s02.READER", &secret.into(), "me", scopes);
        added.unwrap();
    };
    add(&[READ, "fleet-management:activegates:read"]);
    let mut parameters = parameters();
    (parameters[1].1, parameters[2].1) = ("dt0s02.READER", secret);
    exchange(&emulator, &parameters).expect(200);
    parameters[3].1 = "fleet-management:activegate.tokens:write";
    exchange(&emulator, &parameters).expect(400);

    let token = "dt0s16.PUBLIC.EXAMPLE";
    emulator
        .add_access_token(&token.into(), "me", &[READ])
        .unwrap();
    let caller = Caller::with(&emulator, format!("Bearer {token}"));
    caller.get(CLASSIC).expect(200);
    let refused = caller.get("/api/v2/activeGates").expect(403);
    assert!(refused.text().contains("Token is missing required scope"));
}

// E40
#[test]
fn a_bearer_of_a_client_ends_after_its_lifetime() {
    let clock = ManualClock::new();
    let emulator = memory()
        .with_clock(clock.clone())
        .with_bearer_lifetime(Duration::from_secs(300));
    let issued = exchange(&emulator, &parameters()).expect(200).json();
    assert_eq!(issued["expires_in"], 300);
    let caller = Caller::with(&emulator, bearer(&emulator, READ));
    clock.advance(Duration::from_secs(299));
    caller.get(CLASSIC).expect(200);
    clock.advance(Duration::from_secs(1));
    caller.get(CLASSIC).expect(401);
}

// E6
#[test]
fn a_bearer_of_a_client_outlives_the_process_and_is_stored_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let emulator = Emulator::open(&path).unwrap();
    let authorization = bearer(&emulator, READ);
    drop(emulator);
    let (_, signature) = authorization.rsplit_once('.').unwrap();
    let (_, secret) = well_known::DT_OAUTH_CLIENT_SECRET.rsplit_once('.').unwrap();
    let (_, platform) = well_known::DT_PLATFORM_TOKEN.rsplit_once('.').unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [signature, secret, platform] {
            let start = &secret.as_bytes()[..8];
            assert!(!content.windows(8).any(|window| window == start));
        }
    }
    let emulator = Emulator::open(&path).unwrap();
    Caller::with(&emulator, authorization)
        .get(PROXY)
        .expect(200);
}

#[test]
fn a_bearer_of_one_vendor_is_none_of_the_other() {
    let emulator = memory();
    let asa = Caller::admin(&emulator);
    assert_eq!(asa.get(CLASSIC).status, 401);
    let dt = Caller::with(&emulator, bearer(&emulator, READ));
    assert_eq!(dt.get(&crate::support::team("/gateways")).status, 401);
}
