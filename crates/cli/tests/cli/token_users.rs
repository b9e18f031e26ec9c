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
fn an_environment_without_a_list_of_active_gates_does_not_mean_that_the_token_is_missing() {
    let line = users("404 Not Found", r#"{"error":{"code":404}}"#, "").fails_with(6);
    assert!(line.contains("dt getAllActiveGates"), "{line}");
}
