//! Deletions of several things with one command.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::json;

use crate::run::{Fixture, team};

const JSON: &str = "application/json";

/// A server of tokens: those whose id contains a status respond with it, and all others are deleted.
fn environment() -> RawServer {
    RawServer::new(|request| {
        let target = request.split(' ').nth(1).unwrap().to_owned();
        let refused = |status| response(status, JSON, r#"{"error":{"code":404,"message":"no"}}"#);
        RawResponse::Bytes(match target {
            it if it.ends_with("404") => refused("404 Not Found"),
            it if it.ends_with("403") => refused("403 Forbidden"),
            it if it.ends_with("401") => refused("401 Unauthorized"),
            it if it.ends_with("500") => refused("500 Internal Server Error"),
            _ => response("204 No Content", JSON, ""),
        })
    })
}

/// Returns the last part of the path of each deletion that was sent.
fn sent(server: &RawServer) -> Vec<String> {
    let requests = server.requests.try_iter();
    let deletions = requests.filter(|it| it.starts_with("DELETE "));
    let ids = deletions.map(|it| {
        let target = it.split(' ').nth(1).unwrap().to_owned();
        target.rsplit('/').next().unwrap().to_owned()
    });
    ids.collect()
}

#[test]
fn several_things_are_deleted_in_order_and_each_once() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let output = fixture.run("dt token delete --yes dt0g02.A dt0g02.B dt0g02.A dt0g02.C");
    assert_eq!(
        output.stderr,
        "gatelet: deleted ActiveGate token dt0g02.A\n\
         gatelet: deleted ActiveGate token dt0g02.B\n\
         gatelet: deleted ActiveGate token dt0g02.C\n"
    );
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), ""));
    assert_eq!(sent(&server), ["dt0g02.A", "dt0g02.B", "dt0g02.C"]);
}

#[test]
fn several_deletions_are_answered_with_an_array() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let answers = fixture.run("dt token delete --yes dt0g02.A dt0g02.B -o json");
    let answer = |id: &str| json!({ "id": id, "deleted": true, "wasAlreadyGone": false });
    assert_eq!(
        answers.json(),
        json!([answer("dt0g02.A"), answer("dt0g02.B")])
    );
}

#[test]
fn a_deletion_goes_on_after_a_failure_and_ends_with_the_exit_code_of_the_first() {
    for (ids, code, deleted) in [
        ("dt0g02.404 dt0g02.B dt0g02.403", 5, 1),
        ("dt0g02.A dt0g02.403 dt0g02.404", 4, 1),
    ] {
        let server = environment();
        let fixture = Fixture::dt(&server.url);
        let output = fixture.run(&format!("dt token delete --yes {ids}"));
        assert_eq!(output.code, Some(code), "{output:?}");
        assert_eq!(sent(&server).len(), 3);
        for id in ["404", "403"] {
            let line = format!("gatelet: ActiveGate token dt0g02.{id}: ");
            assert!(output.stderr.contains(&line), "{output:?}");
        }
        let line = format!("deleted {deleted} of 3 ActiveGate tokens\n");
        assert!(output.stderr.ends_with(&line), "{output:?}");
    }
}

#[test]
fn a_failure_of_one_deletion_is_an_object_beside_the_answers_of_the_others() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let output = fixture.run("dt token delete --yes dt0g02.404 dt0g02.B -o json");
    let answers: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(answers[0]["id"], "dt0g02.B");
    let error: serde_json::Value = serde_json::from_str(&output.raw_stderr).unwrap();
    assert_eq!(error["error"]["exitCode"], 5);
    assert_eq!(error["error"]["errors"][0]["status"], 404);
}

#[test]
fn a_rejected_credential_ends_a_deletion_and_names_what_was_not_tried() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let output = fixture.run("dt token delete --yes dt0g02.A dt0g02.401 dt0g02.B dt0g02.C");
    assert_eq!(output.code, Some(3), "{output:?}");
    let line = "deleted 1 of 4 ActiveGate tokens; not tried: dt0g02.B, dt0g02.C\n";
    assert!(output.stderr.ends_with(line), "{output:?}");
    assert_eq!(sent(&server), ["dt0g02.A", "dt0g02.401"]);
}

#[test]
fn a_deletion_that_may_have_been_made_decides_the_exit_code() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let line = "dt token delete --yes --retries 0 dt0g02.404 dt0g02.500";
    let output = fixture.run(line);
    assert_eq!(output.code, Some(12), "{output:?}");
}

#[test]
fn nobody_is_asked_twice_and_without_an_answer_nothing_is_deleted() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let error = fixture
        .run("dt token delete dt0g02.A dt0g02.B")
        .fails_with(2);
    let question = "Delete 2 ActiveGate tokens (dt0g02.A, dt0g02.B)? Nobody can be asked here";
    assert!(error.contains(question), "{error}");
    assert_eq!(sent(&server), <[String; 0]>::default());
}

#[test]
fn a_dry_run_of_several_deletions_names_all_of_them() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let output = fixture.run("dt token delete dt0g02.A dt0g02.B dt0g02.C --dry-run -o json");
    let request = output.json();
    assert!(request["url"].as_str().unwrap().ends_with("/dt0g02.A"));
    let then = json!([
        "delete ActiveGate token dt0g02.B",
        "delete ActiveGate token dt0g02.C"
    ]);
    assert_eq!(request["then"], then);
    assert_eq!(sent(&server), <[String; 0]>::default());
}

#[test]
fn what_is_below_another_thing_is_deleted_there() {
    let server = team(|_| RawResponse::Bytes(response("204 No Content", JSON, "")));
    let fixture = Fixture::asa(&server.url);
    let output = fixture.run("asa enrollment-token delete --yes web a b");
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(sent(&server), ["a", "b"]);
}

#[test]
fn a_deletion_needs_an_id() {
    for noun in ["gateway", "setup-token", "service-user key"] {
        let name = if noun == "service-user key" {
            " bot"
        } else {
            ""
        };
        let output = Fixture::new().run(&format!("--emulator asa {noun} delete{name} --yes"));
        assert_eq!(output.code, Some(2), "{output:?}");
        assert!(output.stderr.contains("<ID>..."), "{output:?}");
    }
}
