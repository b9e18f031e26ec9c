//! Exits with an outside cause: a reader that leaves, Ctrl-C, SIGTERM, a failed write.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CommandOutput, EmulatorServer, Fixture, send_signal, stop_signals, team};

/// Starts a server with 34 pages of 3000 tokens.
fn server_with_many_pages() -> RawServer {
    let token =
        r#"{"id":"dt0g02.A","name":"n","owner":"o","creationDate":"2026-01-01T00:00:00.000Z"}"#;
    let items = vec![token; 3000].join(",");
    RawServer::new(move |request| {
        let key = request.split_once("nextPageKey=").map_or(0, |(_, rest)| {
            rest.split(' ').next().unwrap().parse().unwrap()
        });
        let next = if key < 33 {
            format!(r#""nextPageKey":"{}","#, key + 1)
        } else {
            String::new()
        };
        RawResponse::Bytes(response(
            "200 OK",
            "application/json",
            &format!(r#"{{"totalCount":102000,{next}"activeGateTokens":[{items}]}}"#),
        ))
    })
}

// C4
#[test]
fn a_reader_that_stops_early_ends_the_command_silently() {
    for format in ["ndjson", "json", "table"] {
        let script = server_with_many_pages();
        let mut process = Fixture::dt(&script.url)
            .command(["dt", "token", "list", "-o", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(!line.is_empty());
        let output = CommandOutput::from(process.wait_with_output().unwrap());
        assert_eq!(
            (output.code, output.stderr.as_str()),
            (Some(0), ""),
            "{format}"
        );
    }
}

#[test]
fn ndjson_prints_a_page_before_the_next_one_arrives() {
    let first = r#"{"totalCount":2,"nextPageKey":"second","activeGateTokens":[{"id":"dt0g02.A","name":"n","owner":"o","creationDate":"2026-01-01T00:00:00.000Z"}]}"#;
    let script = RawServer::new(move |request| match request.contains("nextPageKey") {
        true => RawResponse::Silence,
        false => RawResponse::Bytes(response("200 OK", "application/json", first)),
    });
    let mut process = Fixture::dt(&script.url)
        .command(["dt", "token", "list", "-o", "ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("dt0g02.A"));
    send_signal("-TERM", &process);
    assert_eq!(process.wait().unwrap().code(), Some(143));
}

// C6
#[test]
fn an_interrupted_change_says_that_its_outcome_is_unknown() {
    let dt = RawServer::new(|_| RawResponse::Silence);
    let gateway = r#"{"id":"g1","name":"eu","refuse_connections":false,"labels":null}"#;
    let asa = team(move |request| match request.starts_with("GET") {
        true => RawResponse::Bytes(response("200 OK", "application/json", gateway)),
        false => RawResponse::Silence,
    });
    for (fixture, script, method, line) in [
        (Fixture::dt(&dt.url), &dt, "POST", "dt token create edge"),
        (
            Fixture::dt(&dt.url),
            &dt,
            "DELETE",
            "dt token delete --yes x",
        ),
        (
            Fixture::asa(&asa.url),
            &asa,
            "POST",
            "asa setup-token create",
        ),
        (
            Fixture::asa(&asa.url),
            &asa,
            "DELETE",
            "asa setup-token delete --yes x",
        ),
        (
            Fixture::asa(&asa.url),
            &asa,
            "PUT",
            "asa gateway update g1 --name us",
        ),
        (
            Fixture::asa(&asa.url),
            &asa,
            "DELETE",
            "asa gateway delete --yes g1",
        ),
    ] {
        let stderr = run_interrupted(&fixture, script, method, line).fails_with(143);
        assert!(stderr.contains("outcome unknown"), "{line}: {stderr}");
    }
}

#[test]
fn an_interrupted_read_reports_no_outcome() {
    let script = RawServer::new(|_| RawResponse::Silence);
    let output = run_interrupted(&Fixture::dt(&script.url), &script, "GET", "dt token list");
    assert_eq!(output.fails_with(143), "gatelet: terminated\n");
}

/// Runs a command and interrupts it once the server has its request with this method.
fn run_interrupted(
    fixture: &Fixture,
    script: &RawServer,
    method: &str,
    line: &str,
) -> CommandOutput {
    let process = fixture
        .command(line.split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let is_it =
        |request: &String| request.starts_with(method) && !request.contains("/service_token ");
    script.requests.iter().find(is_it).unwrap();
    send_signal("-TERM", &process);
    process.wait_with_output().unwrap().into()
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_a_script_has_told_its_commands_to_ignore_does_not_end_one() {
    let list = r#"{"totalCount":0,"activeGateTokens":[]}"#;
    for signal in ["INT", "HUP"] {
        let fixture = Fixture::new();
        let id = fixture.path("id");
        let id_file = id.clone();
        let server = RawServer::new(move |_| {
            let id = std::fs::read_to_string(&id_file).unwrap();
            let kill = Command::new("kill")
                .args([&format!("-{signal}"), id.trim()])
                .status();
            assert!(kill.unwrap().success());
            RawResponse::Bytes(response("200 OK", "application/json", list))
        });
        let ignored = format!("trap '' {signal} && echo $$ >{id}");
        let output = Fixture::dt(&server.url).run_after(&ignored, "dt token list -o json");
        assert_eq!(output.json(), serde_json::json!([]), "{signal}");
    }
}

#[test]
fn a_served_emulator_ends_with_0_on_every_signal() {
    for (signal, _, _) in stop_signals() {
        let server = EmulatorServer::start(&Fixture::new());
        assert_eq!(server.stop(signal), Some(0), "{signal}");
    }
}

// U34
#[cfg(target_os = "linux")]
#[test]
fn a_failed_write_to_stdout_exits_with_1_and_discarded_output_with_0() {
    let fixture = Fixture::new();
    for (line, redirections) in [
        ("--emulator dt token list", &[">&-", ">/dev/full"][..]),
        ("--emulator dt token list -o json", &[">&-", ">/dev/full"]),
        (
            "--emulator asa gateway list -o ndjson",
            &[">&-", ">/dev/full"],
        ),
        ("--emulator dt token list -o wide", &[">&-", ">/dev/full"]),
        ("--emulator dt token list -o csv", &[">&-", ">/dev/full"]),
        ("--emulator dt token list -o yaml", &[">&-", ">/dev/full"]),
        ("--emulator dt token list -o name", &[">&-", ">/dev/full"]),
        (
            "--emulator dt token list -o markdown",
            &[">&-", ">/dev/full"],
        ),
        ("--help", &[">&-", ">/dev/full"]),
        ("dt token list --help", &[">&-", ">/dev/full"]),
        ("--version", &[">&-", ">/dev/full"]),
    ] {
        for redirection in redirections {
            let output = fixture.run_in_shell(line.split(' '), redirection);
            assert!(
                output.fails_with(1).contains("stdout"),
                "{line} {redirection}"
            );
        }
        for redirection in [">/dev/null", "| head -c 1", "<&- >/dev/null 2>&-"] {
            let output = fixture.run_in_shell(line.split(' '), redirection);
            assert_eq!(
                (output.code, output.stderr.as_str()),
                (Some(0), ""),
                "{line}"
            );
        }
    }
    // As launchers open the null device; it cannot be distinguished from a closed stdout.
    let line = fixture
        .run_in_shell(["--emulator", "dt", "token", "list"], "1<>/dev/null")
        .fails_with(1);
    assert!(line.contains("null device"), "{line}");
    // A command that only writes to stderr needs no stdout.
    let missing =
        fixture.run_in_shell(["--emulator", "dt", "token", "delete", "--yes", "x"], ">&-");
    assert_eq!(missing.code, Some(5), "{missing:?}");
}

// U34
#[cfg(target_os = "linux")]
#[test]
fn a_change_whose_result_cannot_be_printed_exits_with_12_and_says_what_was_done() {
    let fixture = Fixture::new();
    let setup_token = fixture.run("--emulator asa setup-token list -o json");
    let setup_token = setup_token.json()[0]["id"].as_str().unwrap().to_owned();
    for redirection in [">/dev/full", ">&-"] {
        for (line, done) in [
            (
                format!("asa service-user create bot{}", redirection.len()),
                "was created",
            ),
            (
                "asa service-user update reporter --status DISABLED".to_owned(),
                "service user reporter was updated",
            ),
            (
                "dt job create -1556499193 latest".to_owned(),
                "an update job of ActiveGate -1556499193 was created",
            ),
            (
                format!("emulator enroll eu-7 --setup-token {setup_token}"),
                "gateway eu-7 was enrolled",
            ),
        ] {
            let words = ["--emulator"].into_iter().chain(line.split(' '));
            let error = fixture.run_in_shell(words, redirection).fails_with(12);
            assert!(error.ends_with(&format!("{done}\n")), "{line}: {error}");
        }
    }
}

// A regression hangs here, as the command would.
#[test]
#[cfg(target_os = "linux")]
fn a_stderr_that_nobody_reads_does_not_keep_a_rotated_key_from_where_it_is_stored() {
    use std::io::{Read as _, Write as _};

    let fixture = Fixture::new();
    let fifo = fixture.path("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let (mut reader, mut full) = std::io::pipe().unwrap();
    // As much as a pipe of Linux takes.
    full.write_all(&[b'.'; 65536]).unwrap();
    let store = format!("cat > {fifo}");
    let words = [
        "--emulator",
        "asa",
        "su",
        "key",
        "rotate",
        "--out-command",
        &store,
    ];
    let mut process = fixture.command(words).stderr(full).spawn().unwrap();
    let pair = std::fs::read_to_string(&fifo).unwrap();
    assert!(pair.contains("key_secret"));
    let mut lines = String::new();
    reader.read_to_string(&mut lines).unwrap();
    assert!(
        lines.contains("created key"),
        "{}",
        lines.trim_start_matches('.')
    );
    assert!(process.wait().unwrap().success());
}
