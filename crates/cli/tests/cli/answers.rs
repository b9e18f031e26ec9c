//! What programs read: the answers to changes, and errors as objects.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::{Value, json};

use crate::run::{CommandOutput, Fixture};

const JSON: &str = "application/json";
const GATEWAY: &str = "cf028ce5-1556-48dc-ab90-d15fe4fa7180";

#[test]
fn a_deletion_is_answered_in_the_formats_for_programs() {
    for (format, stdout) in [
        (
            "json",
            "{\n  \"id\": \"dt0g02.abc123\",\n  \"deleted\": true,\n  \"wasAlreadyGone\": false\n}\n",
        ),
        (
            "ndjson",
            "{\"id\":\"dt0g02.abc123\",\"deleted\":true,\"wasAlreadyGone\":false}\n",
        ),
        (
            "yaml",
            "id: dt0g02.abc123\ndeleted: true\nwasAlreadyGone: false\n",
        ),
        (
            "csv",
            "ID,DONE,WAS ALREADY GONE\r\ndt0g02.abc123,deleted,false\r\n",
        ),
        ("name", "dt0g02.abc123\n"),
    ] {
        let delete = format!("--emulator dt token delete --yes dt0g02.abc123 -o {format}");
        let output = Fixture::new().run(&delete);
        assert_eq!(
            (output.stdout.as_str(), output.stderr.as_str()),
            (stdout, "")
        );
        assert_eq!(output.code, Some(0));
    }
    for format in ["table", "wide", "markdown"] {
        let delete = format!("--emulator asa gateway rm --yes {GATEWAY} -o {format}");
        let output = Fixture::new().run(&delete);
        let line = format!("gatelet: deleted gateway {GATEWAY}\n");
        assert_eq!((output.stdout.as_str(), output.stderr), ("", line));
    }
}

#[test]
fn an_update_and_a_check_are_answered_in_json() {
    let fixture = Fixture::new();
    let update = format!("--emulator asa gateway update {GATEWAY} --name eu -o json");
    assert_eq!(
        fixture.run(&update).json(),
        json!({"id": GATEWAY, "updated": true})
    );
}

#[test]
fn an_answer_that_cannot_be_written_says_what_was_done() {
    let delete = format!("--emulator asa gateway delete --yes {GATEWAY} -o json");
    let output = Fixture::new().run_in_shell(delete.split(' '), ">&-");
    assert_eq!(output.code, Some(12), "{output:?}");
    let says = format!("gateway {GATEWAY} was deleted");
    assert!(output.stderr.contains(&says), "{output:?}");
}

/// Returns the error on stderr, which is one line.
#[track_caller]
fn error(output: &CommandOutput) -> Value {
    assert_eq!(output.raw_stderr.lines().count(), 1, "{output:?}");
    let object: Value = serde_json::from_str(&output.raw_stderr).unwrap();
    object["error"].clone()
}

// U33
#[test]
fn an_error_is_an_object_where_the_results_are_json() {
    let script = RawServer::new(|request| {
        if request.contains("nextPageKey=") {
            let body = r#"{"error":{"code":403,"message":"no\u202e"}}"#;
            return RawResponse::Bytes(response("403 Forbidden", JSON, body));
        }
        let body = r#"{"totalCount":9,"nextPageKey":"k2","activeGateTokens":[{"id":"t1","name":"n","owner":"o","creationDate":"2026-01-01T00:00:00Z"}]}"#;
        RawResponse::Bytes(response("200 OK", JSON, body))
    });
    for format in ["json", "ndjson"] {
        let list = format!("dt token list -o {format}");
        let output = Fixture::dt(&script.url).run(&list);
        assert_eq!(output.code, Some(4), "{output:?}");
        let error = error(&output);
        for (name, value) in [
            ("exitCode", json!(4)),
            ("kind", json!("Api")),
            ("applied", json!("no")),
            ("operation", json!("dt listTokens")),
            ("code", json!("403")),
            ("status", json!(403)),
            ("pageToken", json!("k2")),
        ] {
            assert_eq!(error[name], value, "{error}");
        }
        let message = error["message"].as_str().unwrap();
        assert!(
            message.ends_with("; continue with --page-token k2"),
            "{message}"
        );
        assert!(!output.raw_stderr.contains('\u{202e}'), "{output:?}");
    }
}

#[test]
fn a_mistake_on_the_command_line_is_an_object_too() {
    let output = Fixture::new().run("dt token lst -o json");
    assert_eq!(output.code, Some(2));
    let error = error(&output);
    assert_eq!(error["exitCode"], 2);
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("unrecognized subcommand"),
        "{error}"
    );
}

#[test]
fn a_format_without_the_secret_creates_no_token() {
    let fixture = Fixture::new();
    let line = fixture
        .run("--emulator dt token create new -o name")
        .fails_with(2);
    assert!(line.contains("nothing was created"), "{line}");
    let names = fixture.run("--emulator dt token list -o csv").success();
    assert!(!names.contains(",new,"), "{names}");
}

#[test]
fn a_command_that_changes_something_takes_no_columns() {
    let fixture = Fixture::new();
    for option in ["--columns ID", "--sort-by ID"] {
        let delete = format!("--emulator asa gateway delete --yes {GATEWAY} {option}");
        let line = fixture.run(&delete).fails_with(2);
        assert!(line.contains("nothing was sent"), "{line}");
    }
    fixture
        .run(&format!("--emulator asa gateway get {GATEWAY}"))
        .success();
}
