//! Server enrollment tokens of ASA's projects.

use std::fs;

use gatelet_emulator::{Emulator, well_known};
use gatelet_models::Timestamp;
use gatelet_models::asa::{EnrollmentTokenList, Project};
use serde_json::json;

use crate::support::{Caller, seeded, team};

const TOKENS: &str = "/projects/web/server_enrollment_tokens";

#[test]
fn a_token_is_created_read_and_deleted_with_the_same_value() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let body = json!({ "description": "edge", "id": "", "token": {} });
    let created = admin.post(&team(TOKENS), &body).expect(201).json();
    assert_eq!(created["description"], "edge");
    assert!(created["issued_at"].is_string() && created["created_by_user"].is_string());
    assert!(created["token"].as_str().unwrap().len() > 40);
    let path = format!("{TOKENS}/{}", created["id"].as_str().unwrap());
    assert_eq!(admin.get(&team(&path)).expect(200).json(), created);
    let list = admin.get(&team(TOKENS)).expect(200);
    assert_eq!(list.json(), json!({ "list": [created] }));
    assert_eq!(list.link("next"), None);
    let _: EnrollmentTokenList = serde_json::from_slice(&list.body).unwrap();
    admin.delete(&team(&path)).expect(204);
    admin.delete(&team(&path)).expect(404);
    admin.get(&team(&path)).expect(404);
}

#[test]
fn tokens_belong_to_one_project() {
    let emulator = seeded();
    let other = Project::new("2", "db");
    emulator.add_project(well_known::ASA_TEAM, other).unwrap();
    let admin = Caller::admin(&emulator);
    let body = json!({ "description": "edge" });
    let created = admin.post(&team(TOKENS), &body).expect(201).json();
    let id = created["id"].as_str().unwrap();
    let elsewhere = team(&format!("/projects/db/server_enrollment_tokens/{id}"));
    admin.get(&elsewhere).expect(404);
    admin.delete(&elsewhere).expect(404);
    for project in ["absent", "%20"] {
        let path = team(&format!("/projects/{project}/server_enrollment_tokens"));
        admin.get(&path).expect(404);
        admin.post(&path, &body).expect(404);
    }
}

#[test]
fn a_deleted_project_has_no_tokens() {
    let emulator = seeded();
    let deleted = "2026-11-21T20:48:09Z".parse::<Timestamp>().unwrap();
    let project = Project::new("2", "db").with_deleted_at(deleted);
    emulator.add_project(well_known::ASA_TEAM, project).unwrap();
    let admin = Caller::admin(&emulator);
    admin.get(&team("/projects/db")).expect(200);
    let tokens = team("/projects/db/server_enrollment_tokens");
    admin.get(&tokens).expect(404);
    admin
        .post(&tokens, &json!({ "description": "edge" }))
        .expect(404);
}

#[test]
fn a_description_has_1_to_512_characters() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let create = |body| admin.post(&team(TOKENS), &body);
    for description in ["".to_owned(), "x".repeat(513)] {
        create(json!({ "description": description })).expect(400);
    }
    create(json!({})).expect(400);
    create(json!({ "description": "\u{f6}".repeat(512) })).expect(201);
}

#[test]
fn a_reporting_user_does_not_see_tokens() {
    let emulator = seeded();
    let reader = Caller::service_user(
        &emulator,
        well_known::ASA_REPORTING_KEY_ID,
        well_known::ASA_REPORTING_KEY_SECRET,
    );
    reader.get(&team(TOKENS)).expect(401);
}

#[test]
fn a_token_outlives_the_process_and_its_value_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let emulator = Emulator::open(&path).unwrap();
    emulator.seed().unwrap();
    let body = json!({ "description": "edge" });
    let admin = Caller::admin(&emulator);
    let created = admin.post(&team(TOKENS), &body).expect(201).json();
    drop(emulator);
    let content = fs::read(&path).unwrap();
    let has = |text: &str| content.windows(text.len()).any(|it| it == text.as_bytes());
    assert!(has(created["id"].as_str().unwrap()));
    assert!(!has(&created["token"].as_str().unwrap()[..16]));
    let emulator = Emulator::open(&path).unwrap();
    let list = Caller::admin(&emulator)
        .get(&team(TOKENS))
        .expect(200)
        .json();
    assert_eq!(list["list"][0], created);
}
