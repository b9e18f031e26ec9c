//! Invisible and very long texts of a server, on stderr and in a table.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CommandOutput, Fixture};

/// Runs a command of each vendor against a server whose error contains this text everywhere.
fn run_rejected(text: &str) -> [CommandOutput; 2] {
    let text = serde_json::to_string(text).unwrap();
    let violation = format!(r#"{{"path":{text},"message":{text}}}"#);
    let error = format!(r#"{{"code":400,"message":{text},"constraintViolations":[{violation}]}}"#);
    let body =
        format!(r#"{{"type":{text},"message":{text},"errors":[{violation}],"error":{error}}}"#);
    run_rejected_with(body)
}

/// Runs a command of each vendor against a server that rejects it with this body.
fn run_rejected_with(body: String) -> [CommandOutput; 2] {
    let script = RawServer::new(move |_| {
        RawResponse::Bytes(response("400 Bad Request", "application/json", &body))
    });
    [
        Fixture::dt(&script.url).run("dt token get dt0g02.a -vvv"),
        Fixture::asa(&script.url).run("asa gateway list"),
    ]
}

// U25
#[test]
fn invisible_characters_of_a_servers_message_are_escaped_on_stderr() {
    for output in run_rejected(
        "a\u{202e}b\u{2066}c\u{2028}d\te\u{9b}f\u{7f}g\u{200e}h\u{200f}i\u{61c}j\u{200b}k",
    ) {
        assert_ne!(output.code, Some(0));
        for escaped in [
            r"\u{202e}",
            r"\u{2066}",
            r"\u{2028}",
            r"\t",
            r"\u{9b}",
            r"\u{7f}",
            r"\u{200e}",
            r"\u{200f}",
            r"\u{61c}",
            r"\u{200b}",
        ] {
            assert!(output.stderr.contains(escaped), "{escaped}: {output:?}");
        }
        let is_odd = |c: char| c != '\n' && (c.is_control() || !c.is_ascii());
        assert!(!output.stderr.contains(is_odd), "{output:?}");
    }
}

// U25
#[test]
fn a_message_of_two_mebibytes_is_truncated_on_stderr() {
    let text = "x".repeat(2 * 1024 * 1024);
    let body =
        format!(r#"{{"type":"t","message":"{text}","error":{{"code":400,"message":"{text}"}}}}"#);
    for output in run_rejected_with(body) {
        assert_ne!(output.code, Some(0));
        assert!(
            output.stderr.contains("xxx") && output.stderr.len() < 4096,
            "{}",
            output.stderr.len()
        );
    }
}

// U25
#[test]
fn a_word_of_a_mebibyte_is_truncated_in_a_table_and_complete_in_json() {
    let word = "w".repeat(1024 * 1024);
    let token = format!(
        r#"{{"id":"dt0g02.a","name":"n","owner":"o","creationDate":"2026-01-01T00:00:00Z","activeGateType":"{word}"}}"#
    );
    let script =
        RawServer::new(move |_| RawResponse::Bytes(response("200 OK", "application/json", &token)));
    let run = |format| {
        let output = Fixture::dt(&script.url).run(&format!("dt token get dt0g02.a -o {format}"));
        (output.stderr.clone(), output.success())
    };
    let (stderr, table) = run("table");
    assert!(
        table.contains("www") && table.len() < 8192,
        "{}",
        table.len()
    );
    assert_eq!(stderr, "");
    let (_, json) = run("json");
    assert!(json.contains(&word));
}
