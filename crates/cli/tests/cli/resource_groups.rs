//! `gatelet asa resource-group`.

use serde_json::json;

use crate::run::Fixture;

const GROUP: &str = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111";
const PROJECT: &str = "5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55";

#[test]
fn resource_groups_and_their_projects_are_listed_and_shown() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator asa resource-group {line} -o json"));
    let group = run(&format!("get {GROUP}")).json();
    assert_eq!(group["delegated_resource_admin_groups"], json!([]));
    let list = run("list --order-by name --for-policy-only --contains prod").json();
    assert_eq!(list[0]["name"], group["name"]);
    let project = run(&format!("project get {GROUP} {PROJECT}")).json();
    assert_eq!(project["resource_group_id"], GROUP);
    let projects = run(&format!("projects ls {GROUP} --contains sh")).json();
    assert_eq!(projects, json!([project]));
    let gateways = run(&format!("project gateways {GROUP} {PROJECT}")).json();
    assert_eq!(gateways[0]["name"], "Labeled gateway");
    assert_eq!(gateways.as_array().unwrap().len(), 1);
    for line in [
        "get absent".to_owned(),
        "project list absent".to_owned(),
        format!("project get {GROUP} absent"),
        format!("project gateways absent {PROJECT}"),
        format!("enrollment-token list {GROUP} absent"),
        format!("enrollment-token create absent {PROJECT} --description edge"),
    ] {
        run(&line).fails_with(5);
    }
}

#[test]
fn only_reveal_shows_the_value_of_an_enrollment_token() {
    let fixture = Fixture::new();
    let run = |line: &str| {
        fixture.run(&format!(
            "--emulator asa resource-group enrollment-token {line}"
        ))
    };
    let parents = format!("{GROUP} {PROJECT}");
    let created = run(&format!("create {parents} --description edge -o json")).json();
    assert_eq!(created["token"], "[redacted]");
    let id = created["id"].as_str().unwrap();
    let value = run(&format!("reveal {parents} {id}")).success();
    let value = value.trim_end();
    assert!(value.len() > 40 && !value.contains(' '), "{value}");
    for line in [format!("list {parents}"), format!("get {parents} {id}")] {
        for format in ["wide", "json", "ndjson", "csv", "yaml"] {
            let shown = run(&format!("{line} -o {format}")).success();
            assert!(shown.contains("[redacted]"), "{shown}");
            assert!(!shown.contains(&value[..8]), "{shown}");
        }
    }
    let deleted = run(&format!("rm --yes {parents} {id}"));
    assert!(deleted.stderr.contains(id), "{deleted:?}");
    run(&format!("reveal {parents} {id}")).fails_with(5);

    // A value in place of an id is refused before anything is sent, and not repeated.
    let refused = run(&format!("get {parents} {value}")).fails_with(2);
    assert!(!refused.contains(&value[..8]), "{refused}");
    let refused = fixture.run(&format!("--emulator asa enrollment-token get {value} {id}"));
    assert!(!refused.fails_with(2).contains(&value[..8]));
}
