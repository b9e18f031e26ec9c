//! Lists that are watched, and the labels of a team.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::{Value, json};

use crate::run::{Fixture, send_signal, team};

const JSON: &str = "application/json";

fn ok(body: &Value) -> RawResponse {
    RawResponse::Bytes(response("200 OK", JSON, &body.to_string()))
}

#[test]
fn a_change_is_printed_when_it_is_found_and_ctrl_c_ends_the_watch() {
    let readings = AtomicUsize::new(0);
    let server = RawServer::new(move |_| {
        let gate = |id: &str, group: &str| json!({ "id": id, "hostname": "edge", "group": group });
        match readings.fetch_add(1, Ordering::Relaxed) {
            0 => ok(&json!({ "activeGates": [gate("1", "eu"), gate("2", "eu")] })),
            1 => RawResponse::Bytes(response("403 Forbidden", JSON, r#"{"error":{"code":403}}"#)),
            _ => ok(&json!({ "activeGates": [gate("1", "us"), gate("3", "eu")] })),
        }
    });
    let fixture = Fixture::dt(&server.url);
    let mut process = fixture
        .command("dt active-gate watch --interval 1s -o json".split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let lines = lines.take(3).map(|it| serde_json::from_str(&it.unwrap()));
    let lines: Vec<Value> = lines.map(Result::unwrap).collect();
    let shown = lines.iter().map(|it| json!([it["change"], it["id"]]));
    let shown: Vec<_> = shown.collect();
    let expected = [["CHANGED", "1"], ["REMOVED", "2"], ["ADDED", "3"]];
    assert_eq!(shown, expected.map(|it| json!(it)));
    let member = json!({ "name": "group", "before": "eu", "now": "us" });
    assert_eq!(lines[0]["members"], json!([member]));
    send_signal("-INT", &process);
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    for line in [
        "watching 2 ActiveGates every 1 s; Ctrl-C ends it",
        "could not read the ActiveGates: dt getAllActiveGates: 403 Forbidden",
    ] {
        assert!(stderr.contains(line), "{stderr}");
    }
}

#[test]
fn a_watch_whose_first_reading_fails_ends() {
    let server = RawServer::always("403 Forbidden", JSON, r#"{"error":{"code":403}}"#);
    let fixture = Fixture::dt(&server.url);
    fixture.run("dt active-gate watch").fails_with(4);
    let sorted = fixture.run("dt active-gate watch --sort-by id");
    let error = sorted.fails_with(2);
    assert!(error.contains("for lists that end"), "{error}");
}

/// A team without resource groups whose two projects have these selectors.
fn labeled_team(first: &'static str, second: &'static str) -> RawServer {
    team(move |request| {
        let path = request.split([' ', '?']).nth(1).unwrap();
        let project = |name: &str, selector: &str| json!({ "id": name, "name": name, "gateway_selector": selector });
        let list = match path.rsplit('/').next().unwrap() {
            "gateways" => json!([
                { "id": "g1", "name": "g1", "refuse_connections": false, "labels": { "env": "prod" } },
            ]),
            "gateway_setup_tokens" => json!([
                { "id": "s1", "registration_type": "gateway-agent", "details": { "labels": { "env": "dev" } } },
            ]),
            "projects" => json!([project("web", first), project("db", second)]),
            _ => json!([]),
        };
        ok(&json!({ "list": list }))
    })
}

#[test]
fn the_labels_of_a_team_show_which_of_them_no_gateway_has() {
    let server = labeled_team("env=prod", "env=prod,zone=a");
    let fixture = Fixture::asa(&server.url);
    let csv = fixture.run("asa gateway labels -o csv").success();
    let lines: Vec<_> = csv.lines().skip(1).collect();
    let expected = [
        "env,dev,0,1,,NO_GATEWAY",
        "env,prod,1,0,\"web, db\",",
        "zone,a,0,0,db,NO_GATEWAY",
    ];
    assert_eq!(lines, expected);
    let names = fixture.run("asa gateway labels --unmet -o name").success();
    assert_eq!(names, "env=dev\nzone=a\n");
    let rows = fixture.run("asa gateway labels -o json").json();
    assert_eq!(rows[1]["gatewayIds"], json!(["g1"]));
    assert_eq!(rows[1]["projects"], json!(["web", "db"]));
    assert_eq!(rows[0]["hasNoGateway"], true);
}

#[test]
fn labels_that_only_the_service_can_judge_are_reported() {
    let server = labeled_team("env=prod", "cores>4");
    let output = Fixture::asa(&server.url).run("asa gateway labels -o name");
    let printed = (output.code, output.stdout.as_str());
    assert_eq!(printed, (Some(1), "env=dev\nenv=prod\n"));
    for line in [
        "cannot judge project db (db): ",
        "projects that cannot be judged: 1",
    ] {
        assert!(output.stderr.contains(line), "{output:?}");
    }
}
