//! `asa service-user key` on `--emulator`.

use std::fs;
use std::process::Stdio;

use gatelet_emulator::well_known::{ASA_KEY_ID, ASA_USER};
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::run::{CommandOutput, EmulatorServer, Fixture, team};

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
    assert_eq!(keys[1]["id"], id);
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
    run(&fixture, &format!("delete reporter {id}")).success();
    assert_eq!(count(), 1);
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
    let advice = "a new key may exist whose secret nobody knows, and the keys of service user bot will end: list the keys of service user bot, delete the one that is not old, and rotate again; `gatelet asa service-user key list bot` shows them\n";
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
    assert_eq!(code, Some(12), "{stderr}");
    let state = "the new key new is kept, and the old one works until it ends\n";
    assert!(stderr.ends_with(state), "{stderr}");
    assert!(!stderr.contains("canary-of-the-new-key"));
    let stored = fs::read_to_string(&path).unwrap();
    assert!(stored.contains("canary-of-the-new-key"));
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
    let state = "; the new key new is kept, and the old one works until it ends\n";
    assert!(stderr.ends_with(state), "{stderr}");
}

/// Returns the response of a server that rotates keys and deletes the new one with `deleted`.
fn undoing(request: &str, deleted: &str) -> RawResponse {
    if request.starts_with("DELETE") {
        assert!(request.contains("/service_users/bot/keys/new "));
        return RawResponse::Bytes(deleted.as_bytes().to_vec());
    }
    rotating(request)
}

#[test]
fn a_pair_that_is_on_disk_is_kept_although_its_file_cannot_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let taken = path.clone();
    let server = team(move |request| {
        assert!(!request.starts_with("DELETE"));
        if request.starts_with("POST") {
            fs::create_dir(&taken).unwrap();
        }
        rotating(request)
    });
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(code, Some(12), "{stderr}");
    let beside = folder.path().join("key.json.new");
    let state = format!(
        "the new key new is kept and its pair is in {}: move that file, because no response shows the secret again; the other keys have an end\n",
        beside.display()
    );
    assert!(stderr.ends_with(&state), "{stderr}");
    let kept = fs::read_to_string(beside).unwrap();
    assert!(kept.contains("canary-of-the-new-key"), "{kept}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
#[cfg(unix)]
fn a_new_key_of_which_nothing_is_on_disk_is_deleted_again() {
    let refused = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";
    for (deleted, state) in [
        (
            "HTTP/1.1 204 No Content\r\n\r\n",
            "; it was deleted again, but the other keys have an end: rotate again\n",
        ),
        (refused, "; it still exists, because deleting it failed: "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let server = team(move |request| undoing(request, deleted));
        let rotate = format!("asa su key rotate bot --timeout 1 --out {}", path.display());
        // Without the trap, SIGXFSZ would end the process.
        let output = Fixture::asa(&server.url).run_after("trap '' XFSZ && ulimit -f 0", &rotate);
        assert_eq!(output.code, Some(12), "{output:?}");
        assert!(output.stderr.contains(state), "{output:?}");
        assert!(!output.stderr.contains("canary-of-the-new-key"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
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

const OWN: &str = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff";

/// Returns the response of a server that rotates the key of this command to one with an id.
fn rotating_own(request: &str, new: &str) -> RawResponse {
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

/// Runs a rotation, sends it a signal once the server has a request that contains `text`, and returns what it printed.
#[cfg(unix)]
fn rotate_until(signal: &str, text: &str, server: &RawServer, arguments: &[&str]) -> CommandOutput {
    let words = ["asa", "su", "key", "rotate", "bot"];
    let process = Fixture::asa(&server.url)
        .command(words.iter().chain(arguments))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let is_it = |request: &String| request.contains(text);
    server.requests.iter().find(is_it).unwrap();
    crate::run::send_signal(signal, &process);
    process.wait_with_output().unwrap().into()
}

#[test]
#[cfg(unix)]
fn a_rotation_that_is_stopped_before_its_response_says_what_may_exist() {
    for (signal, code, word) in [("-TERM", 143, "terminated"), ("-INT", 130, "interrupted")] {
        let server = team(|request| match request.starts_with("POST") {
            true => RawResponse::Silence,
            false => rotating(request),
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let arguments = ["--out", path.to_str().unwrap()];
        let output = rotate_until(
            signal,
            "POST /v1/teams/example-team/service_users",
            &server,
            &arguments,
        );
        let line = output.fails_with(code);
        assert!(
            line.starts_with(&format!("gatelet: {word}; a new key may exist")),
            "{line}"
        );
        assert!(
            line.contains("gatelet asa service-user key list bot"),
            "{line}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
#[cfg(unix)]
fn a_rotation_that_is_stopped_after_its_pair_is_stored_says_where() {
    for (signal, code, word) in [("-TERM", 143, "terminated"), ("-INT", 130, "interrupted")] {
        let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
        let server = RawServer::new(move |request| match request.contains("/service_token ") {
            true if request.contains(r#""new""#) => RawResponse::Silence,
            true => RawResponse::Bytes(response("200 OK", "application/json", bearer)),
            false => rotating(request),
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let arguments = ["--out", path.to_str().unwrap()];
        let output = rotate_until(signal, r#""new""#, &server, &arguments);
        assert_eq!(output.code, Some(code), "{output:?}");
        let state = format!(
            "gatelet: {word}; the new key new is in {}, and the other keys have an end\n",
            path.display()
        );
        assert!(output.stderr.ends_with(&state), "{output:?}");
        let stored = fs::read_to_string(&path).unwrap();
        assert!(stored.contains("canary-of-the-new-key"));
    }
}

#[test]
#[cfg(unix)]
fn a_place_that_cannot_be_replaced_by_a_file_is_refused_before_anything_is_sent() {
    let fixture = Fixture::new();
    let fifo = fixture.path("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let dangling = fixture.path("dangling");
    std::os::unix::fs::symlink("absent", &dangling).unwrap();
    let secret = fixture.file("secret", "hunter2");
    let fixture = fixture.with("GATELET_ASA_KEY_SECRET_FILE", secret.to_str().unwrap());
    let secret = secret.to_str().unwrap();
    for (out, problem) in [
        ("-", "omit --out"),
        ("/dev/null", "not a regular file"),
        (fifo.as_str(), "not a regular file"),
        (dangling.as_str(), "leads nowhere"),
        (secret, "GATELET_ASA_KEY_SECRET_FILE"),
    ] {
        let refused = run(&fixture, &format!("rotate --out {out}"));
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(problem), "{refused:?}");
        let end = "nothing was changed\n";
        assert!(refused.stderr.ends_with(end), "{refused:?}");
    }
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

#[test]
#[cfg(unix)]
fn a_link_stays_and_the_file_that_it_leads_to_is_replaced() {
    let fixture = Fixture::new();
    let target = fixture.file("target", "before");
    let link = fixture.path("link");
    std::os::unix::fs::symlink("target", &link).unwrap();
    run(&fixture, &format!("rotate --out {link}")).success();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(target).unwrap().contains("key_secret"));
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
#[cfg(unix)]
fn a_command_gets_the_pair_and_its_output_is_not_that_of_the_rotation() {
    let fixture = Fixture::new();
    let path = fixture.path("pair");
    let command = format!("echo seen; cat > {path}");
    let words = "--emulator asa su key rotate --delete-old --out-command";
    let output = fixture.run_args(words.split(' ').chain([command.as_str()]));
    let pair: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert!(pair["key_secret"].is_string());
    let id = pair["key_id"].as_str().unwrap();
    let mut lines: Vec<&str> = output.stderr.lines().collect();
    lines.remove(1);
    assert_eq!(
        lines,
        [
            "seen",
            "gatelet: the command has stored the new key",
            &format!("gatelet: logged in with the new key {id}"),
            &format!("gatelet: deleted service user key {ASA_KEY_ID}"),
        ]
    );
    assert_eq!(output.success(), "");
}

#[test]
#[cfg(unix)]
fn a_new_key_is_kept_if_the_command_fails_because_it_may_be_stored() {
    let fixture = Fixture::new();
    for (command, problem) in [
        (
            "cat > /dev/null; exit 3",
            "the command failed: exit status: 3;",
        ),
        (
            "cat > /dev/null; kill $$",
            "the command failed: signal: 15 (SIGTERM);",
        ),
    ] {
        let words = ["--emulator", "asa", "su", "key", "rotate", "--out-command"];
        let CommandOutput { code, stderr, .. } = fixture.run_args(words.iter().chain([&command]));
        assert_eq!(code, Some(12), "{stderr}");
        assert!(stderr.contains(problem), "{stderr}");
        let state = "use the new key if it is where the command stores it; otherwise delete it and rotate again\n";
        assert!(stderr.ends_with(state), "{stderr}");
    }
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 3);
}

#[test]
#[cfg(unix)]
fn without_a_shell_nothing_is_rotated_for_a_command() {
    let server = team(|_| panic!("nothing is sent"));
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::asa(&server.url).with("PATH", folder.path().to_str().unwrap());
    let words = ["asa", "su", "key", "rotate", "--out-command", "cat"];
    let line = fixture.run_args(words).fails_with(2);
    assert!(line.ends_with("; nothing was changed\n"), "{line}");
    assert!(server.requests.try_iter().next().is_none());
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

#[test]
fn a_service_that_cannot_say_who_calls_is_answered_by_the_bearer() {
    // {"user":"bot"}
    let bearer = r#"{"bearer_token":"e30.eyJ1c2VyIjoiYm90In0.c2ln","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    for (status, content_type, body) in [
        (
            "404 Not Found",
            "application/json",
            r#"{"code":404,"type":"resource_does_not_exist","message":"no"}"#,
        ),
        ("404 Not Found", "text/plain", "404 page not found"),
        ("404 Not Found", "text/plain", ""),
        ("404 Not Found", "application/json", "{}"),
        ("405 Method Not Allowed", "text/plain", "no"),
        ("501 Not Implemented", "text/plain", "no"),
        (
            "401 Unauthorized",
            "application/json",
            r#"{"code":401,"type":"authorization_error","message":"no"}"#,
        ),
        (
            "403 Forbidden",
            "application/json",
            r#"{"code":403,"type":"authorization_error","message":"no"}"#,
        ),
    ] {
        let server = RawServer::new(move |request| {
            let (status, content_type, body) = match request.contains("/service_token ") {
                true => ("200 OK", "application/json", bearer),
                false => (status, content_type, body),
            };
            RawResponse::Bytes(response(status, content_type, body))
        });
        let fixture = Fixture::asa(&server.url);
        let output = fixture.run("asa service-user whoami -o json --timeout 5");
        assert_eq!(
            output.json(),
            serde_json::json!({ "name": "bot" }),
            "{status} {body}"
        );
    }
}

#[test]
#[cfg(unix)]
fn whoami_prints_before_it_asks_for_the_end_of_the_key() {
    let body = r#"{"id":"1","name":"bot","team_name":"example-team"}"#;
    let server = team(move |request| match request.contains("/keys") {
        true => RawResponse::Silence,
        false => RawResponse::Bytes(response("200 OK", "application/json", body)),
    });
    let process = Fixture::asa(&server.url)
        .command(["asa", "su", "whoami", "-o", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut requests = server.requests.iter();
    assert!(requests.any(|request| request.contains("/keys")));
    crate::run::send_signal("-TERM", &process);
    let output = CommandOutput::from(process.wait_with_output().unwrap());
    assert!(output.stdout.contains("bot"), "{output:?}");
}

#[test]
fn a_name_or_status_that_the_service_does_not_know_is_not_sent() {
    let fixture = Fixture::asa("http://127.0.0.1:1");
    let (name, update) = ("x".repeat(300), ["asa", "su", "update", "bot", "--status"]);
    let create = ["asa", "su", "create"];
    for (words, value) in [
        (&create[..], ""),
        (&create, ".."),
        (&create, &name),
        (&update, ""),
        (&update, "GONE"),
    ] {
        let line = fixture.run_args(words.iter().chain([&value])).fails_with(2);
        assert!(!line.contains("xxx"), "{line}");
    }
}
