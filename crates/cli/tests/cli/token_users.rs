//! What `users` says of environments that tell little.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CommandOutput, Fixture};

const JSON: &str = "application/json";

/// Asks an environment for the users of a token that it knows; the list of ActiveGates is this.
fn users(status: &'static str, list: &'static str, options: &str) -> CommandOutput {
    let server = RawServer::new(move |request| {
        let token = r#"{"id":"t1","name":"t","owner":"o","creationDate":"2026-01-01T00:00:00Z"}"#;
        RawResponse::Bytes(match request.contains("/activeGateTokens/") {
            true => response("200 OK", JSON, token),
            false => response(status, JSON, list),
        })
    });
    Fixture::dt(&server.url).run(&format!("dt token users t1 {options}"))
}

#[test]
fn a_check_of_an_update_job_passes_only_if_the_response_says_so() {
    for (status, body, code) in [
        ("200 OK", r#"{"valid":false}"#, 10),
        ("200 OK", "<html>", 10),
        ("200 OK", "", 10),
        ("500 Internal Server Error", r#"{"error":{"code":500}}"#, 11),
    ] {
        let server = RawServer::new(move |_| RawResponse::Bytes(response(status, JSON, body)));
        let checked = Fixture::dt(&server.url).run("dt update-job validate -1 latest");
        let line = checked.fails_with(code);
        assert!(!line.contains("may have been"), "{line}");
    }
}

#[test]
fn a_token_in_use_without_a_date_is_not_called_unused() {
    let list =
        r#"{"activeGates":[{"hostname":"edge","activeGateTokens":[{"id":"t1","state":"VALID"}]}]}"#;
    let shown = users("200 OK", list, "");
    assert_eq!(
        shown.stderr,
        "gatelet: token t1: the environment shows no last use; an ActiveGate that has been offline for more than 2 hours is not shown\n"
    );
}

#[test]
fn gates_that_do_not_say_which_tokens_they_have_are_counted() {
    let list = r#"{"activeGates":[{"id":"1"}]}"#;
    let told = "; 1 ActiveGate does not say which tokens it has and may use it; ";
    let shown = users("200 OK", list, "");
    assert!(shown.stderr.contains(told), "{shown:?}");
    let document = users("200 OK", list, "-o json").json();
    assert_eq!(document["activeGatesNotReportingTokens"], 1);
    let document = users("200 OK", r#"{"activeGates":[]}"#, "-o json").json();
    assert_eq!(document["activeGatesNotReportingTokens"], 0);
}

#[test]
fn every_state_of_a_token_on_one_gate_is_shown() {
    let list = r#"{"activeGates":[{"id":"1","hostname":"edge","activeGateTokens":[
        {"id":"t1","state":"VALID","environmentId":"a"},{"id":"t2","state":"ABSENT"},
        {"id":"t1","state":"UNKNOWN","environmentId":"b"},{"id":"t1","state":"VALID","environmentId":"c"}]}]}"#;
    let table = users("200 OK", list, "").success();
    assert!(table.contains("VALID, UNKNOWN "), "{table}");
    assert!(!table.contains("ABSENT"), "{table}");
}

#[test]
fn an_environment_without_a_list_of_active_gates_does_not_mean_that_the_token_is_missing() {
    let line = users("404 Not Found", r#"{"error":{"code":404}}"#, "").fails_with(6);
    assert!(line.contains("dt getAllActiveGates"), "{line}");
}

#[test]
fn the_users_of_a_token_that_cannot_be_read_are_shown_and_the_exit_code_is_that_of_the_error() {
    let server = RawServer::new(|request| {
        let list = r#"{"activeGates":[{"id":"7","activeGateTokens":[{"id":"t1"}]}]}"#;
        RawResponse::Bytes(match request.contains("/activeGateTokens/") {
            true => response("403 Forbidden", JSON, r#"{"error":{"code":403}}"#),
            false => response("200 OK", JSON, list),
        })
    });
    let fixture = Fixture::dt(&server.url);
    let shown = fixture.run("dt token users t1 -o name");
    assert_eq!((shown.code, &*shown.stdout), (Some(4), "7\n"), "{shown:?}");
    let told = "token t1: its last use is unknown, because the token could not be read; ";
    assert!(shown.stderr.contains(told), "{shown:?}");
    assert!(shown.stderr.contains("dt getToken t1"), "{shown:?}");
    let shown = fixture.run("dt token users t1 -o json");
    assert_eq!(shown.code, Some(4), "{shown:?}");
    let document: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(document["activeGates"][0]["id"], "7");
    assert_eq!(document.get("token"), None);
}

#[test]
fn a_missing_list_is_not_a_missing_object_in_any_report() {
    let server = RawServer::new(|_| {
        let missing = r#"{"error":{"code":404}}"#;
        RawResponse::Bytes(response("404 Not Found", JSON, missing))
    });
    let fixture = Fixture::dt(&server.url);
    for report in [
        "active-gate attention",
        "token users t1",
        "token audit",
        "token expiring",
        "token find-lost t --since 1h",
    ] {
        fixture.run(&format!("dt {report}")).fails_with(6);
    }
}

#[test]
fn attention_says_which_gates_it_does_not_show() {
    let server = RawServer::new(|request| {
        let body = match request.contains("/activeGateTokens") {
            true => r#"{"totalCount":0,"activeGateTokens":[]}"#,
            false => r#"{"activeGates":[]}"#,
        };
        RawResponse::Bytes(response("200 OK", JSON, body))
    });
    let shown = Fixture::dt(&server.url).run("dt active-gate attention");
    let line = "gatelet: an ActiveGate that has been offline for more than 2 hours is not shown\n";
    assert_eq!(shown.stderr, line);
}
