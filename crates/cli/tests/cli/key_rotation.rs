//! `asa service-user key` on `--emulator`.

use std::fs;
use std::process::Stdio;

use crate::run::{CommandOutput, EmulatorServer, Fixture, team};
use gatelet_emulator::well_known::{ASA_KEY_ID, ASA_USER};
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

pub(crate) fn run(fixture: &Fixture, arguments: &str) -> CommandOutput {
    fixture.run(&format!("--emulator asa service-user key {arguments}"))
}

#[test]
fn a_key_that_ends_is_warned_of_at_a_rotation_and_by_whoami() {
    let server = EmulatorServer::start(&Fixture::new());
    let run = |line: &str| server.fixture().run(&format!("asa service-user {line}"));
    assert_eq!(run("whoami").stderr, "");
    run("key rotate").success();
    for line in ["key rotate", "whoami"] {
        let output = run(line);
        let warning = "warning: the key that this command logs in with ends at 20";
        assert!(output.stderr.contains(warning), "{output:?}");
        output.success();
    }
    let other = run("key rotate reporter").stderr;
    assert!(!other.contains("warning"), "{other}");
}

#[test]
fn the_key_in_use_is_deleted_only_on_request() {
    let fixture = Fixture::new();
    let refused = run(&fixture, &format!("delete --yes {ASA_USER} {ASA_KEY_ID}"));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let expected = "invalid <ID>: is the key that the client itself logs in with";
    assert!(refused.stderr.contains(expected), "{refused:?}");

    let path = fixture.path("key.json");
    let rotated = run(&fixture, &format!("rotate --delete-old --out {path}"));
    let deleted = format!("gatelet: deleted service user key {ASA_KEY_ID}\n");
    assert!(rotated.stderr.ends_with(&deleted), "{rotated:?}");
    rotated.success();
}

#[test]
fn a_key_of_another_service_user_is_deleted() {
    let fixture = Fixture::new();
    let id = run(&fixture, "rotate reporter -o json").json()["id"].clone();
    let id = id.as_str().unwrap();
    let count = || {
        let keys = run(&fixture, "list reporter -o json").json();
        keys.as_array().unwrap().len()
    };
    assert_eq!(count(), 2);
    run(&fixture, &format!("delete --yes reporter {id}")).success();
    assert_eq!(count(), 1);
    let other = run(&fixture, "rotate reporter --delete-old");
    assert_eq!(other.code, Some(2), "{other:?}");
}

/// Returns the response of a server that rotates keys.
pub(crate) fn rotating(request: &str) -> RawResponse {
    let body = match request.split(' ').next() {
        Some("GET") => r#"{"list":[{"id":"old"}]}"#,
        Some("POST") => r#"{"id":"new","secret":"canary-of-the-new-key"}"#,
        _ => "{}",
    };
    RawResponse::Bytes(response("200 OK", "application/json", body))
}

#[test]
fn a_lost_response_of_a_rotation_is_not_repeated_and_the_line_says_what_to_do() {
    // A proxy or a login that sends a page may have sent nothing on.
    for lost in [Vec::new(), response("200 OK", "text/html", "<html>")] {
        let server = team(move |request| match request.starts_with("POST") {
            true => RawResponse::Bytes(lost.clone()),
            false => rotating(request),
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
        let line = Fixture::asa(&server.url).run(&rotate).fails_with(12);
        assert!(!line.contains("was applied"), "{line}");
        let advice = "a new key may exist whose secret nobody knows, and the keys of service user bot will end: list the keys of service user bot, also a minute later, delete the one that is not old if it was issued just now and never used, and rotate again; `gatelet asa service-user key list bot` shows them\n";
        assert!(line.ends_with(advice), "{line}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_new_secret_that_no_header_can_carry_is_not_blamed_on_a_variable() {
    let server = team(|request| match request.starts_with("POST") {
        true => {
            let body = r#"{"id":"new","secret":"canary\n"}"#;
            RawResponse::Bytes(response("200 OK", "application/json", body))
        }
        false => rotating(request),
    });
    let fixture = Fixture::asa(&server.url);
    let path = fixture.path("key.json");
    let rotate = format!("asa su key rotate bot --timeout 5 --out {path}");
    let CommandOutput { code, stderr, .. } = fixture.run(&rotate);
    assert_eq!(code, Some(12), "{stderr}");
    assert!(!stderr.contains("GATELET"), "{stderr}");
    assert!(!stderr.contains("canary"), "{stderr}");
    let problem = "gatelet: could not log in with the new key new: ";
    assert!(stderr.contains(problem), "{stderr}");
    assert!(
        stderr.ends_with("; the old one works until it ends\n"),
        "{stderr}"
    );
}

#[test]
fn an_old_key_that_is_not_deleted_has_a_line_that_says_whether_it_exists_and_what_to_do() {
    let error = |status, kind| {
        let body = format!(r#"{{"code":0,"type":"{kind}","message":"no"}}"#);
        response(status, "application/json", &body)
    };
    let delete = format!(
        "once gatelet logs in with the new pair, delete the old one with `gatelet asa service-user key delete bot {OWN}`"
    );
    let works = "; the new key new is stored and has logged in\n";
    for (deleted, code, state) in [
        (
            error("404 Not Found", "resource_does_not_exist"),
            0,
            format!("gatelet: service user key {OWN} no longer exists\n"),
        ),
        (
            error("403 Forbidden", "authorization_error"),
            12,
            format!(
                "gatelet: the old key {OWN} still exists, because deleting it failed: asa DeleteServiceUserKey {OWN}: 403 Forbidden: no [authorization_error]; {delete}{works}"
            ),
        ),
        (
            error("401 Unauthorized", "authentication_error"),
            12,
            format!(
                "gatelet: whether the old key {OWN} still exists is unknown, because deleting it failed: asa DeleteServiceUserKey {OWN}: the server rejected the credential (status 401): no [authentication_error]; {delete}, if it still exists{works}"
            ),
        ),
        (
            response("404 Not Found", "text/html", "<html>"),
            12,
            format!("; {delete}, if it still exists{works}"),
        ),
        (
            error("410 Gone", "gone"),
            12,
            format!(
                "gatelet: whether the old key {OWN} still exists is unknown, because deleting it failed: asa DeleteServiceUserKey {OWN}: 410 Gone: no [gone]; {delete}, if it still exists{works}"
            ),
        ),
        (
            Vec::new(),
            12,
            format!("; {delete}, if it still exists{works}"),
        ),
    ] {
        let server = team(move |request| match request.starts_with("DELETE") {
            true => RawResponse::Bytes(deleted.clone()),
            false => rotating_own(request, "new"),
        });
        let fixture = Fixture::asa(&server.url);
        let path = fixture.path("key.json");
        let rotate = format!("asa su key rotate bot --delete-old --timeout 2 --out {path}");
        let output = fixture.run(&rotate);
        assert_eq!(output.code, Some(code), "{output:?}");
        assert!(output.stderr.ends_with(&state), "{output:?}");
    }
}

#[test]
fn a_deletion_that_repeats_the_new_secret_does_not_show_it() {
    let echo = r#"{"code":400,"type":"invalid_request","message":"no canary-of-the-new-key"}"#;
    let server = team(|request| match request.starts_with("DELETE") {
        true => RawResponse::Bytes(response("400 Bad Request", "application/json", echo)),
        false => rotating_own(request, "new"),
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let rotate = format!(
        "asa su key rotate bot --delete-old --out {}",
        path.display()
    );
    let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(code, Some(12), "{stderr}");
    assert!(!stderr.contains("canary-of-the-new-key"), "{stderr}");
}

/// The keys before a rotation, among them [`OWN`].
const BEFORE: &str = r#"{"list":[{"id":"5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff"},{"id":"9f1f3f0e-3a52-4a35-9a0c-2f6b6a0e9999"}]}"#;

pub(crate) const OWN: &str = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff";

/// Returns the response of a server that rotates the key of this command to one with an id.
pub(crate) fn rotating_own(request: &str, new: &str) -> RawResponse {
    let body = match request.split(' ').next() {
        Some("GET") => format!(r#"{{"list":[{{"id":"{OWN}"}}]}}"#),
        Some("POST") => format!(r#"{{"id":"{new}","secret":"canary-of-the-new-key"}}"#),
        _ => "{}".to_owned(),
    };
    RawResponse::Bytes(response("200 OK", "application/json", &body))
}

#[test]
fn a_new_key_with_an_id_from_before_is_not_deleted_as_the_old_one() {
    for new in [OWN.to_owned(), OWN.to_uppercase()] {
        let id = new.clone();
        let server = team(move |request| {
            assert!(!request.starts_with("DELETE"));
            rotating_own(request, &id)
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let rotate = format!(
            "asa su key rotate bot --delete-old --out {}",
            path.display()
        );
        let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
        assert_eq!(code, Some(12), "{stderr}");
        let state = format!(
            "the server gave the new key {new} an id that existed before the rotation; it is kept\n"
        );
        assert!(stderr.ends_with(&state), "{stderr}");
        let stored = fs::read_to_string(&path).unwrap();
        assert!(stored.contains("canary-of-the-new-key"));
    }
}

#[test]
#[cfg(unix)]
fn no_line_says_to_delete_a_new_key_with_an_id_from_before() {
    const OTHER: &str = "9f1f3f0e-3a52-4a35-9a0c-2f6b6a0e9999";
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    for id in [OWN, OTHER] {
        let server = RawServer::new(move |request| {
            assert!(!request.starts_with("DELETE"));
            let created = format!(r#"{{"id":"{id}","secret":"canary-of-the-new-key"}}"#);
            let (status, body) = match request.contains("/service_token ") {
                true if request.contains("canary-of-the-new-key") => ("403 Forbidden", "{}"),
                true => ("200 OK", bearer),
                false if request.starts_with("POST") => ("200 OK", created.as_str()),
                false => ("200 OK", BEFORE),
            };
            RawResponse::Bytes(response(status, "application/json", body))
        });
        let fixture = Fixture::asa(&server.url);
        let path = fixture.path("key.json");
        for options in [
            vec![],
            vec!["--out", &path],
            vec!["--out-command", "true"],
            vec!["--out-command", "cat >/dev/null"],
            vec!["--out-command", "cat >/dev/null; exit 3"],
        ] {
            let words = ["asa", "su", "key", "rotate", "bot"];
            let CommandOutput { code, stderr, .. } = fixture.run_args(words.iter().chain(&options));
            assert_eq!(code, Some(12), "{stderr}");
            assert!(!stderr.contains("key delete"), "{stderr}");
            assert!(!stderr.contains("the old one works"), "{stderr}");
            let advice = "(a key with this ID existed before the rotation)";
            assert!(stderr.contains(advice), "{stderr}");
            let warning =
                format!("warning: the new key {id} has the ID of a key that existed before\n");
            assert!(stderr.contains(&warning), "{stderr}");
        }
    }
}

#[test]
fn the_embedded_emulator_accepts_its_own_key_after_every_rotation() {
    let fixture = Fixture::new();
    for file in ["first", "second"] {
        let path = fixture.path(file);
        run(&fixture, &format!("rotate --out {path} --delete-old")).success();
    }
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    let own = keys
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["id"] == ASA_KEY_ID);
    assert_eq!(own.unwrap()["expires_at"], "0001-01-01T00:00:00Z");
}

#[test]
fn the_help_of_a_rotation_says_where_the_key_is_printed() {
    let help = Fixture::new()
        .run("asa service-user key rotate --help")
        .success();
    assert!(!help.contains("Prints the token"), "{help}");
    let text = "Prints the key with its secret, which cannot be shown again, unless `--out`";
    assert!(help.contains(text), "{help}");
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
    assert_eq!(code, Some(12), "{stderr}");
    let state = "was deleted again; the other keys have an end: rotate again\n";
    assert!(stderr.ends_with(state), "{stderr}");
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}
