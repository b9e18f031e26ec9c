//! A new key that `asa service-user key rotate` prints.

use std::fs::{self, File};
use std::io::Read as _;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc;

use gatelet_emulator::well_known::ASA_KEY_ID;
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::key_rotation::{OWN, rotating, rotating_own, run};
use crate::run::{CommandOutput, Fixture, team};

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
fn the_old_key_is_not_deleted_for_a_pipe_that_may_lose_the_new_one() {
    let server = team(|_| panic!("nothing is sent"));
    let rotate = "asa su key rotate bot --delete-old";
    let line = Fixture::asa(&server.url).run(rotate).fails_with(2);
    let begin = "gatelet: invalid --delete-old: stdout is a pipe, ";
    assert!(line.starts_with(begin), "{line}");
    assert!(line.contains("use --out or --out-command"), "{line}");
    assert!(line.ends_with("; nothing was changed\n"), "{line}");
    assert!(server.requests.try_iter().next().is_none());
}

#[test]
fn the_old_key_is_deleted_after_the_new_one_was_printed_to_a_file() {
    let fixture = Fixture::new();
    let path = fixture.path("key.json");
    let words = "--emulator asa su key rotate --delete-old -o json";
    let mut rotate = fixture.command(words.split(' '));
    let rotated = rotate.stdout(File::create(&path).unwrap()).output();
    let output = CommandOutput::from(rotated.unwrap());
    let deleted = format!("gatelet: deleted service user key {ASA_KEY_ID}\n");
    assert!(output.stderr.ends_with(&deleted), "{output:?}");
    output.success();
    let printed: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert!(printed["secret"].is_string());
}

#[test]
fn a_key_that_a_pipe_got_has_a_line_that_says_how_to_delete_it() {
    let server = team(rotating);
    let output = Fixture::asa(&server.url).run("asa su key rotate bot -o json");
    let line = "gatelet: wrote the new key new to a pipe; if its reader did not keep the secret, delete it with `gatelet asa service-user key delete bot new`\n";
    assert!(output.stderr.ends_with(line), "{output:?}");
    output.success();
}

/// Rotates with a pipe as stdout whose reader reads so many bytes, and leaves while the new key logs in.
fn rotate_for_a_reader_of(count: Option<usize>) -> CommandOutput {
    let (left, has_left) = mpsc::channel::<()>();
    let (logs_in, waits) = mpsc::channel();
    let has_left = Mutex::new(has_left);
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let server = RawServer::new(move |request| {
        if !request.contains("/service_token ") {
            return rotating(request);
        }
        if request.contains(r#""new""#) {
            logs_in.send(()).unwrap();
            let _ = has_left.lock().unwrap().recv();
        }
        RawResponse::Bytes(response("200 OK", "application/json", bearer))
    });
    let words = "asa su key rotate bot -o ndjson";
    let mut process = Fixture::asa(&server.url)
        .command(words.split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    waits.recv().unwrap();
    let mut reader = process.stdout.take().unwrap();
    match count {
        Some(count) => reader.read_exact(&mut vec![0; count]).unwrap(),
        None => while next_byte(&mut reader) != b'\n' {},
    }
    drop(reader);
    drop(left);
    process.wait_with_output().unwrap().into()
}

fn next_byte(reader: &mut impl std::io::Read) -> u8 {
    let mut byte = [0];
    reader.read_exact(&mut byte).unwrap();
    byte[0]
}

#[test]
#[cfg(unix)]
fn a_key_whose_reader_has_left_is_kept_and_the_line_says_that_it_may_be_lost() {
    for count in [0, 20] {
        let output = rotate_for_a_reader_of(Some(count));
        assert_eq!(output.code, Some(12), "{output:?}");
        let line = "gatelet: the reader of stdout has left, and whether it has the secret of the new key new is unknown, so the key is kept: delete it with `gatelet asa service-user key delete bot new` if you do not have the secret, and rotate again; the other keys have an end\n";
        assert!(output.stderr.ends_with(line), "{output:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_reader_that_leaves_after_the_whole_key_has_it() {
    rotate_for_a_reader_of(None).success();
}

#[test]
fn a_printed_key_that_does_not_log_in_has_a_line_that_says_how_to_delete_it() {
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let server = RawServer::new(move |request| match request.contains("/service_token ") {
        true if request.contains(r#""new""#) => {
            RawResponse::Bytes(response("403 Forbidden", "text/plain", "no"))
        }
        true => RawResponse::Bytes(response("200 OK", "application/json", bearer)),
        false => rotating(request),
    });
    let output = Fixture::asa(&server.url).run("asa su key rotate bot -o json");
    assert_eq!(output.code, Some(12), "{output:?}");
    let advice = "; the new key new is kept: use it once it logs in, or delete it with `gatelet asa service-user key delete bot new`; the old one works until it ends\n";
    assert!(output.stderr.ends_with(advice), "{output:?}");
}

#[test]
fn a_new_key_that_ends_is_warned_of() {
    for (end, warning) in [
        (
            r#""2027-01-03T00:00:00Z""#,
            "gatelet: warning: the new key new ends at 2027-01-03T00:00:00Z\n",
        ),
        (
            r#""soon""#,
            "gatelet: warning: when the new key new ends is unknown: \"soon\" is not a date\n",
        ),
    ] {
        let server = team(move |request| match request.starts_with("POST") {
            true => {
                let body = format!(
                    r#"{{"id":"new","secret":"canary-of-the-new-key","expires_at":{end}}}"#
                );
                RawResponse::Bytes(response("200 OK", "application/json", &body))
            }
            false => rotating_own(request, "new"),
        });
        let fixture = Fixture::asa(&server.url);
        let path = fixture.path("key.json");
        let output = fixture.run(&format!("asa su key rotate bot --out {path}"));
        assert!(output.stderr.contains(warning), "{output:?}");
        output.success();
    }
}

#[test]
fn a_first_key_of_a_service_user_gives_no_other_an_end() {
    let server = team(|request| match request.starts_with("GET") {
        true => RawResponse::Bytes(response("200 OK", "application/json", r#"{"list":[]}"#)),
        false => rotating_own(request, "new"),
    });
    let fixture = Fixture::asa(&server.url);
    let path = fixture.path("key.json");
    let output = fixture.run(&format!("asa su key rotate fresh --out {path}"));
    let created = "gatelet: created key new of service user fresh\n";
    assert!(output.stderr.starts_with(created), "{output:?}");
    assert!(!output.stderr.contains("an end"), "{output:?}");
    assert!(!output.stderr.contains(OWN), "{output:?}");
    output.success();
}
