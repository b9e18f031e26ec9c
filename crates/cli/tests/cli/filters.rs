//! Lists of which only some items are shown, because the command compares them.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::{Value, json};

use crate::run::{CommandOutput, Fixture, team};

const JSON: &str = "application/json";

fn ok(body: &Value) -> RawResponse {
    RawResponse::Bytes(response("200 OK", JSON, &body.to_string()))
}

fn token(id: &str, name: Option<&str>, created: &str, dates: &[(&str, &str)]) -> Value {
    let mut token = json!({ "id": id, "owner": "o", "creationDate": created });
    if let Some(name) = name {
        token["name"] = json!(name);
    }
    for (member, date) in dates {
        token[*member] = json!(date);
    }
    token
}

/// An environment with two pages of tokens.
fn environment() -> RawServer {
    let old = "2020-01-01T00:00:00Z";
    let (ended, distant) = ("2021-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    RawServer::new(move |request| {
        let first = json!([
            token("t1", Some("edge-1"), old, &[("expirationDate", ended)]),
            token(
                "t2",
                Some("core-1"),
                old,
                &[("expirationDate", distant), ("lastUsedDate", distant)]
            ),
            token("t3", None, old, &[]),
        ]);
        let second = json!([
            token("t4", Some("edge-2"), old, &[("lastUsedDate", ended)]),
            token(
                "t5",
                Some("edge-3"),
                distant,
                &[("expirationDate", "0001-01-01T00:00:00Z")]
            ),
        ]);
        match request.contains("nextPageKey=k2") {
            false => {
                ok(&json!({ "totalCount": 5, "nextPageKey": "k2", "activeGateTokens": first }))
            }
            true => ok(&json!({ "totalCount": 5, "activeGateTokens": second })),
        }
    })
}

fn names(output: CommandOutput) -> Vec<String> {
    output.success().lines().map(str::to_owned).collect()
}

#[test]
fn a_list_of_tokens_shows_those_that_meet_every_filter() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    for (options, expected) in [
        ("--name edge-*", &["t1", "t4", "t5"][..]),
        ("--name *-1", &["t1", "t2"]),
        ("--name *", &["t1", "t2", "t4", "t5"]),
        ("--name nothing", &[]),
        ("--expires-within 30d", &["t1"]),
        ("--unused-for 90d", &["t1", "t3", "t4"]),
        ("--unused-for 90d --name edge-*", &["t1", "t4"]),
        ("--name edge-* --limit 2", &["t1", "t4"]),
        ("", &["t1", "t2", "t3", "t4", "t5"]),
    ] {
        let output = fixture.run(&format!("dt token list {options} -o name"));
        assert_eq!(output.stderr, "", "{options}");
        assert_eq!(names(output), expected, "{options}");
    }
}

#[test]
fn a_limit_counts_what_is_shown_and_no_page_too_many_is_requested() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    for (options, pages) in [
        ("--name edge-* --limit 1", 1),
        ("--name core-* --limit 2", 2),
    ] {
        fixture.run(&format!("dt token list {options}")).success();
        let requests: Vec<_> = server.requests.try_iter().collect();
        assert_eq!(requests.len(), pages, "{options}");
        let line = requests[0].lines().next().unwrap();
        assert!(line.contains("pageSize=3000"), "{line}");
    }
}

#[test]
fn a_list_that_fails_continues_after_what_was_compared() {
    let server = RawServer::new(|request| match request.contains("nextPageKey=k2") {
        false => ok(
            &json!({ "totalCount": 9, "nextPageKey": "k2", "activeGateTokens": [
                token("t1", Some("a"), "2020-01-01T00:00:00Z", &[]),
                token("t2", Some("b"), "2020-01-01T00:00:00Z", &[]),
            ]}),
        ),
        true => RawResponse::Bytes(response("403 Forbidden", JSON, r#"{"error":{"code":403}}"#)),
    });
    let output = Fixture::dt(&server.url).run("dt token list --name b --limit 5 -o name");
    assert_eq!((output.code, output.stdout.as_str()), (Some(4), "t2\n"));
    assert!(
        output
            .stderr
            .contains("continue with --page-token k2 --limit 4"),
        "{output:?}"
    );
}

fn gateway(id: &str, labels: Option<Value>) -> Value {
    let mut gateway = json!({ "id": id, "name": id, "refuse_connections": false });
    if let Some(labels) = labels {
        gateway["labels"] = labels;
    }
    gateway
}

fn gateways() -> RawServer {
    team(|request| {
        let path = request.split(' ').nth(1).unwrap().to_owned();
        if path.ends_with("/g1/status") {
            return ok(
                &json!({ "gateway_id": "g1", "status": "ONLINE", "active_connections": 3, "total_storage_bytes": 4096,
                "used_storage_bytes": 1, "updated_at": "2026-11-21T20:48:09Z" }),
            );
        }
        if path.ends_with("/status") {
            return RawResponse::Bytes(response(
                "403 Forbidden",
                JSON,
                r#"{"code":"forbidden","message":"no"}"#,
            ));
        }
        ok(&json!({ "list": [
            gateway("g1", Some(json!({ "env": "prod", "zone": "a" }))),
            gateway("g2", Some(json!({ "env": "dev" }))),
            gateway("g3", Some(json!({}))),
            gateway("g4", None),
        ]}))
    })
}

#[test]
fn a_list_of_gateways_shows_those_with_the_labels() {
    let server = gateways();
    let fixture = Fixture::asa(&server.url);
    for (options, expected) in [
        ("--label env", &["g1", "g2"][..]),
        ("--label env=prod --label zone", &["g1"]),
        ("--selector env!=prod", &["g2", "g3"]),
        ("--label zone=b", &[]),
    ] {
        let output = fixture.run(&format!("asa gateway list {options} -o name"));
        let line =
            "gatelet: not shown, because the response has no labels of them: 1 of the gateways\n";
        assert_eq!(output.stderr, line, "{options}");
        assert_eq!(names(output), expected, "{options}");
    }
    let error = fixture
        .run("asa gateway list --selector cores>4")
        .fails_with(2);
    assert!(error.contains("no known meaning"), "{error}");
}

#[test]
fn a_list_of_gateways_has_their_statuses_and_names_one_that_cannot_be_read_in_its_row() {
    let server = gateways();
    let fixture = Fixture::asa(&server.url);
    let rows = fixture
        .run("asa gateway list --status --label env -o json")
        .json();
    assert_eq!(rows[0]["gateway"]["id"], "g1");
    assert_eq!(rows[0]["status"]["active_connections"], 3, "{rows}");
    assert_eq!(rows[0]["statusError"], Value::Null);
    assert_eq!(rows[1]["status"], Value::Null);
    let error = rows[1]["statusError"].as_str().unwrap();
    assert!(error.contains("403"), "{error}");
    let requests = server.requests.try_iter();
    let statuses = requests.filter(|it| it.lines().next().unwrap().contains("/status "));
    assert_eq!(statuses.count(), 2);

    let csv = fixture.run("asa gateway list --status --columns id,status,connections -o csv");
    let csv = csv.success();
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[1..3], ["g1,ONLINE,3", "g2,UNREADABLE,"]);
}

#[test]
fn a_list_of_setup_tokens_shows_those_with_the_labels() {
    let server = team(|_| {
        let token = |id: &str, details: Value| json!({ "id": id, "registration_type": "gateway-agent", "details": details });
        ok(&json!({ "list": [
            token("s1", json!({ "labels": { "env": "prod" } })),
            token("s2", json!({ "labels": { "env": "dev" } })),
        ]}))
    });
    let fixture = Fixture::asa(&server.url);
    let output = fixture.run("asa setup-token list --label env=prod -o name");
    assert_eq!(output.success(), "s1\n");
}
