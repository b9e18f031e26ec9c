//! The reports on ActiveGate tokens.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::Fixture;

const JSON: &str = "application/json";

#[test]
fn tokens_that_end_soon_are_listed_and_the_exit_code_says_so() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator dt token expiring {line}"));
    let found = run("-o name");
    assert_eq!(found.code, Some(20), "{found:?}");
    assert!(found.stdout.contains("dt0g02.soon20\n"), "{found:?}");
    assert_eq!(found.stderr, "");
    let none = run("--within 1h -o json");
    assert_eq!((none.code, none.stdout.trim_end()), (Some(0), "[]"));
    run("--within soon").fails_with(2);
}

#[test]
fn the_first_token_to_end_is_listed_first_and_one_that_never_ends_is_not() {
    let server = RawServer::new(|_| {
        let token = |id: &str, end: &str| {
            format!(
                r#"{{"id":"{id}","creationDate":"2020-01-01T00:00:00Z","expirationDate":{end}}}"#
            )
        };
        let tokens = [
            token("later", r#""2021-06-01T00:00:00Z""#),
            token("never", "null"),
            token("unset", r#""0001-01-01T00:00:00Z""#),
            token("ended", r#""2021-01-01T00:00:00Z""#),
            token("far", r#""2999-01-01T00:00:00Z""#),
        ];
        let body = format!(
            r#"{{"totalCount":5,"activeGateTokens":[{}]}}"#,
            tokens.join(",")
        );
        RawResponse::Bytes(response("200 OK", JSON, &body))
    });
    let found = Fixture::dt(&server.url).run("dt token expiring -o name");
    assert_eq!(
        (found.code, found.stdout.as_str()),
        (Some(20), "ended\nlater\n")
    );
}

#[test]
fn an_audit_shows_findings_and_users_of_every_token() {
    let fixture = Fixture::new();
    let audit = fixture.run("--emulator dt token audit -o json");
    assert_eq!(audit.code, Some(0), "{audit:?}");
    assert!(audit.stderr.contains("more than 2 hours is not shown"));
    let rows: serde_json::Value = serde_json::from_str(&audit.stdout).unwrap();
    let row = |id: &str| {
        let rows = rows.as_array().unwrap();
        rows.iter().find(|row| row["tokenId"] == id).unwrap()
    };
    let soon = row("dt0g02.soon20");
    assert_eq!(soon["activeGates"].as_array().unwrap().len(), 1, "{soon}");
    let tokens = fixture.run("--emulator dt token list -o json").success();
    let tokens: serde_json::Value = serde_json::from_str(&tokens).unwrap();
    assert_eq!(
        tokens.as_array().unwrap().len(),
        rows.as_array().unwrap().len()
    );
    let findings = |row: &serde_json::Value| row["findings"].to_string();
    let all: String = rows.as_array().unwrap().iter().map(findings).collect();
    assert!(all.contains("NO_USE_SHOWN"), "{all}");
}

#[test]
fn an_active_gate_without_a_list_of_tokens_may_use_any() {
    let server = RawServer::new(|request| {
        let body = match request.contains("/activeGateTokens") {
            true => {
                r#"{"totalCount":1,"activeGateTokens":[{"id":"dt0g02.A","creationDate":"2026-01-01T00:00:00Z"}]}"#
            }
            false => {
                r#"{"activeGates":[{"id":"1"},{"id":"2","activeGateTokens":[{"id":"","state":"VALID"}]},{"id":"3","activeGateTokens":[]}]}"#
            }
        };
        RawResponse::Bytes(response("200 OK", JSON, body))
    });
    let audit = Fixture::dt(&server.url).run("dt token audit -o json");
    let notes = "gatelet: 2 ActiveGates do not say which tokens they have and may use any of them; an ActiveGate that has been offline for more than 2 hours is not shown\n";
    assert_eq!(audit.stderr, notes);
    let rows: serde_json::Value = serde_json::from_str(&audit.stdout).unwrap();
    assert_eq!(
        rows[0]["findings"].to_string(),
        r#"["NEVER_ENDS","NO_USE_SHOWN"]"#
    );
}
