//! Commands whose output nobody reads, and which a signal ends all the same. A regression hangs here, as the command would.

use std::io::{BufRead as _, BufReader, PipeReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{Fixture, send_signal, stop_signals, team, wait_until_signals_are_caught};

/// Returns a text that no pipe takes as a whole.
fn long(start: &str) -> String {
    format!("{start}{}", "x".repeat(1 << 20))
}

/// Returns a pipe that takes no more.
fn full_pipe() -> (PipeReader, std::io::PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    // As much as a pipe of Linux takes.
    writer.write_all(&[b'.'; 65536]).unwrap();
    (reader, writer)
}

/// Starts a command and returns once it has begun to write to stdout, of which nobody reads more.
fn start(command: &mut Command, stderr: impl Into<Stdio>) -> (Child, PipeReader) {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let process = command.stdout(writer).stderr(stderr).spawn().unwrap();
    reader.read_exact(&mut [0]).unwrap();
    (process, reader)
}

/// Returns the exit code of a process and what it has written to stderr.
fn end(mut process: Child) -> (Option<i32>, String) {
    let mut stderr = String::new();
    let pipe = process.stderr.take();
    pipe.map(|mut pipe| pipe.read_to_string(&mut stderr).unwrap());
    (process.wait().unwrap().code(), stderr)
}

/// Starts an environment that creates a token with a long secret.
fn environment() -> RawServer {
    let secret = long("dt0g02.A.");
    RawServer::new(move |_| {
        let body = format!(r#"{{"id":"dt0g02.A","token":"{secret}"}}"#);
        RawResponse::Bytes(response("201 Created", "application/json", &body))
    })
}

/// Starts a team that rotates a key to one with a long secret.
fn rotating_team() -> RawServer {
    let secret = long("");
    team(move |request| {
        let body = match request.starts_with("GET") {
            true => r#"{"list":[{"id":"old"}]}"#.to_owned(),
            false => format!(r#"{{"id":"new","secret":"{secret}"}}"#),
        };
        RawResponse::Bytes(response("200 OK", "application/json", &body))
    })
}

// C6
#[test]
fn a_signal_while_nobody_reads_the_secret_of_a_token_ends_the_command_and_says_how_to_delete_it() {
    let server = environment();
    for (signal, code, word) in stop_signals() {
        let mut create = Fixture::dt(&server.url).command("dt token create edge".split(' '));
        let (process, _reader) = start(&mut create, Stdio::piped());
        send_signal(signal, &process);
        let line = format!(
            "gatelet: {word}; ActiveGate token dt0g02.A was created, and whether its secret was read is unknown: delete it with `gatelet dt active-gate-token delete dt0g02.A` if you do not have the secret\n"
        );
        assert_eq!(end(process), (Some(code), line));
    }
}

// C6
#[test]
fn a_signal_while_nobody_reads_a_rotated_key_ends_the_command_and_says_how_to_delete_it() {
    let server = rotating_team();
    for (signal, code, word) in stop_signals() {
        let mut rotate = Fixture::asa(&server.url).command("asa su key rotate bot".split(' '));
        let (process, _reader) = start(&mut rotate, Stdio::piped());
        send_signal(signal, &process);
        let line = format!(
            "gatelet: {word}; the new key new was created, and whether its secret was read is unknown: delete it with `gatelet asa service-user key delete bot new` if you do not have the secret; the other keys have an end\n"
        );
        let (ended, lines) = end(process);
        assert!(lines.ends_with(&line), "{lines}");
        assert_eq!(ended, Some(code));
    }
}

#[test]
fn a_signal_ends_a_command_of_which_nobody_reads_stdout_and_stderr() {
    let server = environment();
    let (_unread, full) = full_pipe();
    let mut create = Fixture::dt(&server.url).command("dt token create edge".split(' '));
    let (process, _reader) = start(&mut create, full);
    send_signal("-TERM", &process);
    assert_eq!(end(process).0, Some(143));
}

#[test]
fn a_stderr_that_nobody_reads_holds_up_no_step_of_a_rotation() {
    let own = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff";
    let server = team(move |request| {
        let body = match request.starts_with("GET") {
            true => format!(r#"{{"list":[{{"id":"{own}"}}]}}"#),
            false => r#"{"id":"new","secret":"x"}"#.to_owned(),
        };
        RawResponse::Bytes(response("200 OK", "application/json", &body))
    });
    for verbose in ["", " -v"] {
        let (mut unread, full) = full_pipe();
        let fixture = Fixture::asa(&server.url);
        let path = fixture.path("key.json");
        let rotate = format!("asa su key rotate bot --delete-old --out {path}{verbose}");
        let mut rotate = fixture.command(rotate.split(' '));
        let process = rotate.stderr(full).spawn().unwrap();
        drop(rotate);
        let mut requests = server.requests.iter();
        assert!(requests.any(|request| request.starts_with("DELETE")));
        assert!(std::fs::exists(path).unwrap());
        let mut lines = String::new();
        unread.read_to_string(&mut lines).unwrap();
        assert!(lines.ends_with(&format!("gatelet: deleted service user key {own}\n")));
        assert_eq!(end(process).0, Some(0));
    }
}

#[test]
fn a_signal_ends_a_rotation_that_is_done_and_whose_lines_nobody_reads() {
    let server = team(crate::key_rotation::rotating);
    let (_unread, full) = full_pipe();
    let mut rotate = Fixture::asa(&server.url).command("asa su key rotate bot -v".split(' '));
    let (process, reader) = start(&mut rotate, full);
    let mut rows = BufReader::new(reader).lines().map(Result::unwrap);
    rows.find(|row| row.contains("canary-of-the-new-key"))
        .unwrap();
    send_signal("-TERM", &process);
    assert_eq!(end(process).0, Some(143));
}

#[test]
fn a_stderr_that_nobody_reads_does_not_hold_up_the_secret_of_a_token() {
    let body = r#"{"id":"dt0g02.A","token":"dt0g02.A.x","expirationDate":"tomorrow"}"#;
    let server = RawServer::new(move |_| {
        RawResponse::Bytes(response("201 Created", "application/json", body))
    });
    let (mut unread, full) = full_pipe();
    let mut create = Fixture::dt(&server.url).command("dt token create edge -v".split(' '));
    let (process, reader) = start(create.args(["-o", "ndjson"]), full);
    drop(create);
    let mut token = String::new();
    BufReader::new(reader).read_line(&mut token).unwrap();
    assert!(token.contains("dt0g02.A.x"), "{token}");
    let mut lines = String::new();
    unread.read_to_string(&mut lines).unwrap();
    assert!(lines.contains("its expirationDate is unreadable"));
    assert_eq!(end(process).0, Some(0));
}

#[test]
fn a_signal_ends_a_list_that_nobody_reads() {
    let name = long("");
    let server = RawServer::new(move |_| {
        let token = format!(
            r#"{{"id":"dt0g02.A","name":"{name}","owner":"o","creationDate":"2026-01-01T00:00:00Z"}}"#
        );
        let body = format!(r#"{{"totalCount":1,"activeGateTokens":[{token}]}}"#);
        RawResponse::Bytes(response("200 OK", "application/json", &body))
    });
    for (signal, code, word) in stop_signals() {
        let mut list = Fixture::dt(&server.url).command("dt token list -o ndjson".split(' '));
        let (process, _reader) = start(&mut list, Stdio::piped());
        send_signal(signal, &process);
        assert_eq!(end(process), (Some(code), format!("gatelet: {word}\n")));
    }
}

#[test]
fn a_signal_ends_a_command_whose_error_nobody_reads() {
    let (_unread, full) = full_pipe();
    let server =
        RawServer::new(|_| RawResponse::Bytes(response("404 Not Found", "application/json", "{}")));
    let mut get = Fixture::dt(&server.url).command("dt token get dt0g02.A".split(' '));
    let process = get.stderr(full).spawn().unwrap();
    server.requests.recv().unwrap();
    send_signal("-TERM", &process);
    assert_eq!(end(process).0, Some(143));
}

#[test]
fn a_signal_ends_a_served_emulator_whose_output_nobody_reads() {
    let (_unread, full) = full_pipe();
    let mut serve = Fixture::new().command(["emulator", "serve"]);
    let process = serve.stderr(full).spawn().unwrap();
    wait_until_signals_are_caught(&process);
    send_signal("-TERM", &process);
    assert_eq!(end(process).0, Some(143));
}

#[test]
fn a_command_that_was_started_to_ignore_a_hangup_goes_on() {
    let server = RawServer::new(|_| RawResponse::Silence);
    let fixture = Fixture::dt(&server.url);
    let list = fixture.command("dt token list".split(' '));
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP && exec \"$0\" \"$@\""])
        .arg(list.get_program())
        .args(list.get_args())
        .env_clear()
        .envs(
            list.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null());
    let process = shell.stderr(Stdio::piped()).spawn().unwrap();
    server.requests.recv().unwrap();
    send_signal("-HUP", &process);
    send_signal("-TERM", &process);
    let (code, stderr) = end(process);
    assert_eq!((code, &*stderr), (Some(143), "gatelet: terminated\n"));
}
