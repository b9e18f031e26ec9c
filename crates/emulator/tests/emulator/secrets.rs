//! Where secrets are shown and stored.

use std::fs;

use crate::support::{Caller, memory, team};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gatelet_emulator::{Emulator, well_known};
use serde_json::{Value, json};

const TOKENS: &str = "/api/v2/activeGateTokens";

/// Creates and reveals a secret of each kind; returns the parts that must not be found.
fn make_secrets(emulator: &Emulator) -> Vec<String> {
    let developer = Caller::developer(emulator);
    let body = json!({ "name": "x", "activeGateType": "ENVIRONMENT" });
    let created = developer.post(TOKENS, &body).expect(201).json();
    let (_, active_gate) = created["token"].as_str().unwrap().rsplit_once('.').unwrap();

    let admin = Caller::admin(emulator);
    let token = admin
        .post(&team("/gateway_setup_tokens"), &json!({}))
        .expect(201)
        .json();
    let id = token["id"].as_str().unwrap();
    let value = admin
        .get(&team(&format!("/gateway_setup_tokens/{id}/token")))
        .json();
    let (_, content) = value["token"].as_str().unwrap().rsplit_once('.').unwrap();
    let content: Value = serde_json::from_slice(&STANDARD_NO_PAD.decode(content).unwrap()).unwrap();

    let bearer = admin.authorization.unwrap();
    let (_, signature) = bearer.rsplit_once('.').unwrap();
    let (_, access) = well_known::DT_TOKEN.rsplit_once('.').unwrap();
    [
        active_gate,
        content["at"].as_str().unwrap(),
        signature,
        access,
        well_known::ASA_KEY_SECRET,
    ]
    .map(str::to_owned)
    .into()
}

// E6
#[test]
fn no_file_contains_eight_characters_of_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::open(folder.path().join("state.redb")).unwrap();
    let secrets = make_secrets(&emulator);
    drop(emulator);
    let files: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        let content = fs::read(&file).unwrap();
        for secret in &secrets {
            let start = &secret.as_bytes()[..8];
            let found = content.windows(8).any(|window| window == start);
            assert!(!found, "{} holds a secret", file.display());
        }
    }
}

// E7
#[test]
fn a_setup_tokens_value_survives_reopening_and_not_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let emulator = Emulator::open(&path).unwrap();
    let admin = Caller::admin(&emulator);
    let token = admin
        .post(&team("/gateway_setup_tokens"), &json!({}))
        .expect(201)
        .json();
    let id = token["id"].as_str().unwrap();
    let reveal = team(&format!("/gateway_setup_tokens/{id}/token"));
    let value = admin.get(&reveal).expect(200).json();
    drop(admin);
    drop(emulator);

    let emulator = Emulator::open(&path).unwrap();
    let admin = Caller::admin(&emulator);
    assert_eq!(admin.get(&reveal).expect(200).json(), value);
    admin
        .delete(&team(&format!("/gateway_setup_tokens/{id}")))
        .expect(204);
    assert_eq!(admin.get(&reveal).status, 404);
}

// E8
#[test]
fn the_secret_of_an_active_gate_token_is_only_in_the_201() {
    let emulator = memory();
    let developer = Caller::developer(&emulator);
    let body = json!({ "name": "x", "activeGateType": "ENVIRONMENT" });
    let created = developer.post(TOKENS, &body).expect(201);
    let json = created.json();
    let whole = json["token"].as_str().unwrap();
    let (_, secret) = whole.rsplit_once('.').unwrap();
    assert_eq!(created.text().matches(secret).count(), 1);
    let id = json["id"].as_str().unwrap();
    for path in [TOKENS.to_owned(), format!("{TOKENS}/{id}")] {
        assert!(!developer.get(&path).expect(200).text().contains(secret));
    }
    // A token sent as an id is not echoed.
    let wrong = developer.get(&format!("{TOKENS}/{whole}")).expect(404);
    assert!(!wrong.text().contains(secret));
}

#[test]
fn a_bearer_outlives_the_process_that_issued_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let emulator = Emulator::open(&path).unwrap();
    let authorization = Caller::admin(&emulator).authorization.unwrap();
    drop(emulator);
    let emulator = Emulator::open(&path).unwrap();
    Caller::with(&emulator, authorization)
        .get(&team("/gateways"))
        .expect(200);
}
