//! `gatelet asa project`.

use serde_json::json;

use crate::run::{Fixture, team};
use gatelet_test_support::raw_server::{RawResponse, response};

const ID: &str = "a2dfd474-2db4-4bb2-8364-d5f76ade396e";

#[test]
fn projects_are_listed_and_shown() {
    let fixture = Fixture::new();
    let list = fixture.run("--emulator asa project list -o json").json();
    let project = fixture
        .run("--emulator asa projects get web -o json")
        .json();
    assert_eq!(list, json!([project]));
    let table = fixture.run("--emulator asa project ls").success();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].contains("GATEWAY SELECTOR"), "{table}");
    assert!(
        lines[1].contains(" web ") && lines[1].contains("env in (dev,prod)"),
        "{table}"
    );
}

#[test]
fn gateways_of_a_project_are_those_with_its_labels() {
    let fixture = Fixture::new();
    let none = fixture.run("--emulator asa project gateways web -o json");
    assert_eq!(
        none.stderr,
        "gatelet: no gateway of the team meets `env in (dev,prod)`\n"
    );
    assert_eq!(none.success(), "[]\n");

    fixture
        .run(&format!(
            "--emulator asa gateway update {ID} --label env=prod"
        ))
        .success();
    let one = fixture.run("--emulator asa project gateways web -o json");
    assert_eq!(one.stderr, "");
    assert_eq!(one.json()[0]["id"], ID);
    fixture
        .run("--emulator asa project gateways absent")
        .fails_with(5);
}

#[test]
fn a_selector_that_cannot_be_judged_is_an_error() {
    let server = team(|request| {
        let body = match request.contains("/gateways ") {
            true => r#"{"list": []}"#,
            false => r#"{"id": "1", "name": "web", "gateway_selector": "cores>4"}"#,
        };
        RawResponse::Bytes(response("200 OK", "application/json", body))
    });
    let run = Fixture::asa(&server.url).run("asa project gateways web");
    assert_eq!(
        run.fails_with(1),
        "gatelet: cannot judge which gateways the project uses: \
         the selector contains a character that has no known meaning at byte 5\n"
    );
}
