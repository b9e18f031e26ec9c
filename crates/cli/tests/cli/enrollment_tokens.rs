//! `gatelet asa enrollment-token`.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::Fixture;

#[test]
fn only_reveal_shows_the_value() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator asa enrollment-token {line}"));
    let created = run("create web --description edge -o json").json();
    assert_eq!(created["token"], "[redacted]");
    let id = created["id"].as_str().unwrap();
    let value = run(&format!("reveal web {id}")).success();
    let value = value.trim_end();
    let table = run(&format!("reveal web {id} -o markdown")).success();
    assert_eq!(table.lines().next(), Some("| VALUE |"));
    let columns = run(&format!("reveal web {id} --columns x")).fails_with(2);
    assert!(columns.contains("has no columns"), "{columns}");
    let help = run("reveal --help").success();
    assert!(help.contains("FetchServerEnrollmentToken: GET"), "{help}");
    assert!(value.len() > 40 && !value.contains(' '), "{value}");
    for line in ["list web".to_owned(), format!("get web {id}")] {
        for format in ["wide", "json", "ndjson", "csv", "yaml"] {
            let shown = run(&format!("{line} -o {format}")).success();
            assert!(
                shown.contains("[redacted]") && !shown.contains(&value[..8]),
                "{shown}"
            );
        }
    }
    let deleted = run(&format!("rm --yes web {id}"));
    assert_eq!(
        deleted.stderr,
        format!("gatelet: deleted enrollment token {id}\n")
    );
    run(&format!("reveal web {id}")).fails_with(5);
    run("create absent --description edge").fails_with(5);
}

#[test]
fn the_question_before_a_deletion_repeats_no_value_in_place_of_an_id() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator asa enrollment-token {line}"));
    let created = run("create web --description edge -o json").json();
    let id = created["id"].as_str().unwrap();
    let value = run(&format!("reveal web {id}")).success();
    let value = value.trim_end();
    let refused = run(&format!("delete web {value}")).fails_with(2);
    assert!(refused.contains("[redacted]"), "{refused}");
    assert!(!refused.contains(value), "{refused}");
}

/// Starts a server with this body for everything but the exchange of a key.
fn answering(body: String) -> RawServer {
    RawServer::new(move |request| {
        let bearer = r#"{"bearer_token": "canary", "team_name": "example-team", "expires_at": "2100-01-01T00:00:00Z"}"#;
        let body = match request.contains("service_token") {
            true => bearer,
            false => &body,
        };
        RawResponse::Bytes(response("200 OK", "application/json", body))
    })
}

#[test]
fn no_line_on_stderr_shows_a_secret_of_a_success() {
    const SECRET: &str = "sft-gw.6116bb2a-7289-4528-92ee-8e92443c3b61.ASECRETOFSOMEBODY";
    let project = format!(
        r#"{{"id": "p1", "name": "{SECRET}", "gateway_selector": "a>{SECRET}", "deleted_at": null, "list": []}}"#
    );
    let server = answering(project);
    let fixture = Fixture::asa(&server.url);
    for options in ["", "-o json", "--log-json"] {
        let line = format!("asa project gateways web {options}");
        let stderr = fixture.run(&line).fails_with(1);
        assert!(stderr.contains("cannot judge"), "{stderr}");
        assert!(!stderr.contains("ASECRET"), "{stderr}");
    }
}

#[test]
fn a_value_that_another_member_repeats_is_shown_nowhere() {
    const VALUE: &str = "AnOpaqueValueOf1Token";
    for token in [
        format!(r#""{VALUE}""#),
        format!(r#"{{"value": "{VALUE}", "kind": "x"}}"#),
    ] {
        let text = format!(
            r#"{{"list": [{{"id": "t1", "description": "see {VALUE}", "token": {token}}}, {{"id": "t2"}}]}}"#
        );
        let server = answering(text);
        let fixture = Fixture::asa(&server.url);
        for format in ["table", "wide", "json", "ndjson", "csv", "yaml", "markdown"] {
            let line = format!("asa enrollment-token list web -o {format}");
            let shown = fixture.run(&line).success();
            assert!(shown.contains("t1") && shown.contains("t2"), "{shown}");
            assert!(
                shown.replace('\\', "").contains("see [redacted]"),
                "{shown}"
            );
            assert!(!shown.contains(VALUE), "{shown}");
        }
    }
}

#[test]
fn a_host_name_that_begins_like_a_setup_token_is_shown_and_can_be_typed() {
    const HOST: &str = "sft-gw.corp.example.com";
    let gateway = format!(
        r#"{{"list": [{{"id": "g1", "name": "eu-{HOST}", "refuse_connections": false, "access_address": "{HOST}"}}]}}"#
    );
    let server = answering(gateway);
    let fixture = Fixture::asa(&server.url);
    for format in ["table", "json", "csv"] {
        let line = format!("asa gateway list --contains {HOST} -o {format}");
        let shown = fixture.run(&line).success();
        assert!(shown.contains(&format!("eu-{HOST}")), "{shown}");
    }
}
