//! A rotation of a key that a signal ends.

use std::fs;
use std::process::Stdio;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::key_rotation::rotating;
use crate::run::{CommandOutput, Fixture, stop_signals, team, wait_until_signals_are_caught};

/// Runs a rotation, sends it a signal once the server has a request that contains `text`, and returns what it printed.
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
fn a_rotation_that_is_stopped_before_its_response_says_what_may_exist() {
    for (signal, code, word) in stop_signals() {
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
fn a_change_that_is_stopped_while_it_reads_its_secret_has_sent_nothing() {
    let server = team(|_| panic!("nothing is sent"));
    let fixture = Fixture::new()
        .with("GATELET_ASA_URL", &server.url)
        .with("GATELET_ASA_TEAM", "example-team")
        .with("GATELET_ASA_KEY_ID", "id")
        .with("GATELET_ASA_KEY_SECRET_FILE", "-");
    let mut rotate = fixture.command("asa su key rotate bot".split(' '));
    let process = rotate.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut process = process.unwrap();
    let _open = process.stdin.take();
    wait_until_signals_are_caught(&process);
    crate::run::send_signal("-TERM", &process);
    let output = CommandOutput::from(process.wait_with_output().unwrap());
    let line = output.fails_with(143);
    assert_eq!(line, "gatelet: terminated; rotate: nothing was sent\n");
}

#[test]
fn a_rotation_that_is_stopped_after_its_pair_is_stored_says_where() {
    for (signal, code, word) in stop_signals() {
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
            "gatelet: {word}; the pair of the new key new is in {0}.new, and the other keys have an end; to use the key, move that file to {0}\n",
            path.display()
        );
        assert!(output.stderr.ends_with(&state), "{output:?}");
        assert!(!path.exists());
        let stored = fs::read_to_string(folder.path().join("key.json.new")).unwrap();
        assert!(stored.contains("canary-of-the-new-key"));
    }
}

#[test]
fn a_rotation_that_is_stopped_while_its_command_runs_says_how_to_delete_the_key() {
    let server = team(rotating);
    let words = ["asa", "su", "key", "rotate", "bot", "--out-command"];
    let command = "kill -TERM $PPID; cat > /dev/null; sleep 5";
    let output = Fixture::asa(&server.url).run_args(words.iter().chain([&command]));
    assert_eq!(output.code, Some(143), "{output:?}");
    let line = "gatelet: terminated; the new key new exists, whether the command has stored it is unknown, and the other keys have an end; if it is not stored, delete it with `gatelet asa service-user key delete bot new`\n";
    assert!(output.stderr.ends_with(line), "{output:?}");
}

#[test]
fn a_rotation_that_is_stopped_while_it_deletes_the_new_key_again_says_how_to_delete_it() {
    for (signal, code, word) in stop_signals() {
        let server = team(|request| match request.starts_with("DELETE") {
            true => RawResponse::Silence,
            false => rotating(request),
        });
        // A command that does not read the pair has not stored it.
        let output = rotate_until(signal, "DELETE", &server, &["--out-command", "true"]);
        assert_eq!(output.code, Some(code), "{output:?}");
        let line = format!(
            "gatelet: {word}; could not store the new key new by the command: it did not read the pair (exit status: 0); whether it was deleted is unknown; delete it with `gatelet asa service-user key delete bot new`, if it still exists; the other keys have an end\n"
        );
        assert!(output.stderr.ends_with(&line), "{output:?}");
    }
}
