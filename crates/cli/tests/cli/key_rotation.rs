//! `asa service-user key` on `--emulator`.

use std::fs;
use std::process::Stdio;

use gatelet_emulator::well_known::{ASA_KEY_ID, ASA_USER};
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::run::{CommandOutput, Fixture, team};

fn run(fixture: &Fixture, arguments: &str) -> CommandOutput {
    fixture.run(&format!("--emulator asa service-user key {arguments}"))
}

#[test]
fn a_rotated_key_is_in_its_file_before_anything_logs_in_with_it() {
    let fixture = Fixture::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let rotated = run(&fixture, &format!("rotate --out {}", path.display()));
    let pair: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let id = pair["key_id"].as_str().unwrap();
    let lines: Vec<&str> = rotated.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            format!(
                "gatelet: created key {id} of service user {ASA_USER}; its other keys have an end now"
            ),
            format!("gatelet: stored the new key in {}", path.display()),
            format!("gatelet: logged in with the new key {id}"),
        ]
    );
    let secret = pair["key_secret"].as_str().unwrap();
    assert!(!rotated.stderr.contains(secret));
    assert_eq!(rotated.success(), "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The old key still works.
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 2);
    assert_ne!(keys[0]["expires_at"], "0001-01-01T00:00:00Z");
    assert_eq!(keys[1]["id"], id);
}

#[test]
fn without_a_file_the_new_key_is_printed() {
    let fixture = Fixture::new();
    let created = run(&fixture, "rotate reporter -o json").json();
    assert!(created["secret"].is_string(), "{created}");
    let table = run(&fixture, "rotate reporter").success();
    assert!(
        table.starts_with("ID ") && table.contains(" SECRET "),
        "{table}"
    );
}

#[test]
fn the_key_in_use_is_deleted_only_on_request() {
    let fixture = Fixture::new();
    let refused = run(&fixture, &format!("delete {ASA_USER} {ASA_KEY_ID}"));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let expected = "invalid <ID>: is the key that the client itself logs in with";
    assert!(refused.stderr.contains(expected), "{refused:?}");

    let rotated = run(&fixture, "rotate --delete-old -o json");
    let deleted = format!("gatelet: deleted service user key {ASA_KEY_ID}\n");
    assert!(rotated.stderr.ends_with(&deleted), "{rotated:?}");
    rotated.success();
    assert_eq!(run(&fixture, &format!("list {ASA_USER}")).code, Some(3));
}

#[test]
fn a_key_of_another_service_user_is_deleted() {
    let fixture = Fixture::new();
    let id = run(&fixture, "list reporter -o json").json()[0]["id"].clone();
    let id = id.as_str().unwrap();
    run(&fixture, &format!("delete reporter {id}")).success();
    let empty = run(&fixture, "list reporter -o json").success();
    assert_eq!(empty, "[]\n");
    let other = run(&fixture, "rotate reporter --delete-old");
    assert_eq!(other.code, Some(2), "{other:?}");
}

#[test]
fn nothing_is_rotated_if_its_file_cannot_be_written() {
    let fixture = Fixture::new();
    let refused = run(&fixture, "rotate --out /nowhere/key.json");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.stderr.ends_with("nothing was changed\n"),
        "{refused:?}"
    );
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

/// Returns the response of a server that rotates keys.
fn rotating(request: &str) -> RawResponse {
    let body = match request.split(' ').next() {
        Some("GET") => r#"{"list":[{"id":"old"}]}"#,
        Some("POST") => r#"{"id":"new","secret":"canary-of-the-new-key"}"#,
        _ => "{}",
    };
    RawResponse::Bytes(response("200 OK", "application/json", body))
}

#[test]
fn a_lost_response_of_a_rotation_is_not_repeated_and_the_line_says_what_to_do() {
    let server = team(|request| match request.starts_with("POST") {
        true => RawResponse::Bytes(Vec::new()),
        false => rotating(request),
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let line = Fixture::asa(&server.url).run(&rotate).fails_with(12);
    let advice = "a new key may exist, and the present key will end: list the keys, delete the unknown one, and rotate again\n";
    assert!(line.ends_with(advice), "{line}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_new_key_that_does_not_log_in_stays_in_its_file() {
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let refusal = r#"{"code":401,"type":"authentication_error","message":"no"}"#;
    let server = RawServer::new(move |request| {
        let (status, body) = match request.contains("/service_token ") {
            true if request.contains(r#""new""#) => ("401 Unauthorized", refusal),
            true => ("200 OK", bearer),
            false => return rotating(request),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(code, Some(3), "{stderr}");
    let state = "the new key new is kept, and the old one works until it ends\n";
    assert!(stderr.ends_with(state), "{stderr}");
    assert!(!stderr.contains("canary-of-the-new-key"));
    let stored = fs::read_to_string(&path).unwrap();
    assert!(stored.contains("canary-of-the-new-key"));
}

#[test]
fn a_new_key_that_cannot_be_stored_is_deleted_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let taken = path.clone();
    let server = team(move |request| {
        if request.starts_with("DELETE") {
            assert!(request.contains("/service_users/bot/keys/new "));
            return RawResponse::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec());
        }
        if request.starts_with("POST") {
            fs::create_dir(&taken).unwrap();
        }
        rotating(request)
    });
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(code, Some(1), "{stderr}");
    let state = "it was deleted again, but the other keys have an end: rotate again\n";
    assert!(stderr.ends_with(state), "{stderr}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_new_key_that_cannot_be_printed_is_deleted_again() {
    let fixture = Fixture::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let rotate = ["--emulator", "asa", "service-user", "key", "rotate"];
    let mut command = fixture.command(rotate);
    let output = command.stdout(writer).stderr(Stdio::piped()).output();
    let CommandOutput { code, stderr, .. } = output.unwrap().into();
    assert_eq!(code, Some(1), "{stderr}");
    let state = "was deleted again; the other keys have an end: rotate again\n";
    assert!(stderr.ends_with(state), "{stderr}");
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

#[test]
fn a_service_that_cannot_say_who_calls_is_answered_by_the_bearer() {
    // {"user":"bot"}
    let bearer = r#"{"bearer_token":"e30.eyJ1c2VyIjoiYm90In0.c2ln","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let absent = r#"{"code":404,"type":"resource_does_not_exist","message":"no"}"#;
    let server = RawServer::new(move |request| {
        let (status, body) = match request.contains("/service_token ") {
            true => ("200 OK", bearer),
            false => ("404 Not Found", absent),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    });
    let fixture = Fixture::asa(&server.url);
    let current = fixture.run("asa service-user whoami -o json").json();
    assert_eq!(current, serde_json::json!({ "name": "bot" }));
}
