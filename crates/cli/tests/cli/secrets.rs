//! Secrets are never accepted on the command line, shown only on request, and never lost.

use std::fs::OpenOptions;
use std::process::Stdio;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CANARY, CommandOutput, Fixture, team};

const CREATE: [&str; 5] = ["--emulator", "dt", "token", "create", "edge-7"];

fn tokens(fixture: &Fixture) -> usize {
    fixture
        .run("--emulator dt token list -o json")
        .json()
        .as_array()
        .unwrap()
        .len()
}

// C1
#[test]
fn a_secret_on_the_command_line_is_refused_without_echo() {
    let fixture = Fixture::new();
    let with_option = format!("--token={CANARY}");
    let with_secret_option = ["--emulator", "asa", "gw", "list", "--key-secret", "CANARY"];
    fixture
        .run_args(["--emulator", "dt", "token", "get", CANARY])
        .fails_with(2);
    fixture
        .run_args(["--emulator", "dt", "token", "delete", "--yes", CANARY])
        .fails_with(2);
    fixture
        .run_args(["--emulator", "dt", "token", "create", CANARY])
        .fails_with(2);
    fixture
        .run_args(["--emulator", "dt", "token", "list", "--token", CANARY])
        .fails_with(2);
    fixture
        .run_args(["--emulator", "dt", "token", "list", &with_option])
        .fails_with(2);
    fixture
        .run_args([
            "--emulator",
            "asa",
            "setup-token",
            "get",
            "sft-gw.6116bb2a-7289-4528-92ee-8e92443c3b61.CANARY",
        ])
        .fails_with(2);
    assert!(
        fixture
            .run_args(with_secret_option)
            .fails_with(2)
            .contains("environment")
    );
}

/// The commands that take an id, without it, and a fixture for each. A sent request would end with another code than 2.
fn commands_with_id() -> Vec<(Fixture, Vec<&'static str>)> {
    let nowhere = "http://127.0.0.1:1";
    let asa = [
        "asa gateway get",
        "asa gateway status",
        "asa gateway update --description d",
        "asa gateway delete --yes",
        "asa setup-token get",
        "asa setup-token reveal",
        "asa setup-token delete --yes",
    ];
    let asa = asa.map(|line| (Fixture::asa(nowhere), line.split(' ').collect()));
    let dt = ["dt token get", "dt token delete --yes"];
    let dt = dt.map(|line| (Fixture::dt(nowhere), line.split(' ').collect()));
    asa.into_iter().chain(dt).collect()
}

// U18
#[test]
fn a_blank_id_or_team_exits_with_2() {
    for (fixture, run_args) in commands_with_id() {
        for blank in [" ", "\u{a0}", "\t", "\u{200b}"] {
            let line = fixture.run_args([run_args.as_slice(), &[blank]].concat());
            assert!(
                line.fails_with(2).contains("must not be blank"),
                "{run_args:?}"
            );
        }
    }
    for blank in [" ", "\u{a0}"] {
        let fixture = Fixture::asa("http://127.0.0.1:1").with("GATELET_ASA_TEAM", blank);
        let line = fixture.run("asa gateway list").fails_with(2);
        assert!(
            line.contains("invalid GATELET_ASA_TEAM: must not be blank"),
            "{line}"
        );
    }
}

// U54
#[test]
fn an_id_or_team_that_contains_a_token_exits_with_2_and_is_not_repeated() {
    let ids = [
        format!("token {CANARY}"),
        format!("\"{CANARY}\""),
        CANARY.replace('.', "%2E"),
        CANARY.replace('.', "%252E"),
        CANARY.replace('d', "%64"),
    ];
    for (fixture, run_args) in commands_with_id() {
        for id in &ids {
            // `CommandOutput` checks both streams for the canary.
            fixture
                .run_args([run_args.as_slice(), &[id]].concat())
                .fails_with(2);
        }
    }
    for id in ids {
        let fixture = Fixture::asa("http://127.0.0.1:1").with("GATELET_ASA_TEAM", id);
        fixture.run("asa gateway list").fails_with(2);
    }
}

// C5
#[test]
fn a_create_with_stdout_closed_creates_nothing() {
    let fixture = Fixture::new();
    let before = tokens(&fixture);
    let output = fixture.run_in_shell(CREATE, ">&-");
    assert!(output.fails_with(1).contains("nothing was created"));

    let discarded: CommandOutput = fixture
        .command(CREATE)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .unwrap()
        .into();
    discarded.fails_with(1);
    assert_eq!(tokens(&fixture), before);
}

// C5
#[test]
fn a_create_with_stdout_not_open_for_writing_creates_nothing() {
    let fixture = Fixture::new();
    let before = tokens(&fixture);
    let file = OpenOptions::new()
        .read(true)
        .open(fixture.file("out", ""))
        .unwrap();
    let output: CommandOutput = fixture
        .command(CREATE)
        .stdout(file)
        .stderr(Stdio::piped())
        .output()
        .unwrap()
        .into();
    output.fails_with(1);
    assert_eq!(tokens(&fixture), before);
}

// C5
#[test]
fn a_create_on_a_full_disk_creates_nothing() {
    let fixture = Fixture::new();
    let before = tokens(&fixture);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output: CommandOutput = fixture
        .command(CREATE)
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap()
        .into();
    assert!(output.fails_with(1).contains("nothing was created"));
    assert_eq!(tokens(&fixture), before);
}

#[test]
fn a_deletion_that_repeats_the_secret_of_an_unwritten_token_does_not_show_it() {
    let respond = |request: &str| {
        let (status, body) = match request.starts_with("DELETE") {
            false => ("201 Created", r#"{"id":"x","token":"opaque-canary-value"}"#),
            true => (
                "400 Bad Request",
                r#"{"error":{"code":400,"message":"no opaque-canary-value"}}"#,
            ),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    };
    let server = RawServer::new(respond);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Fixture::dt(&server.url).command("dt token create edge".split(' '));
    let output = command.stdout(writer).stderr(Stdio::piped()).output();
    let line = CommandOutput::from(output.unwrap()).fails_with(12);
    assert!(line.contains("because deleting it failed"), "{line}");
    assert!(!line.contains("opaque-canary-value"), "{line}");
}

#[test]
fn a_created_token_whose_value_can_be_revealed_stays_although_it_cannot_be_written() {
    let fixture = Fixture::new();
    let group = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111 5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55";
    for (create, list) in [
        ("setup-token create --description kept", "setup-token list"),
        (
            "enrollment-token create web --description kept",
            "enrollment-token list web",
        ),
        (
            &format!("resource-group enrollment-token create {group} --description kept"),
            &format!("resource-group enrollment-token list {group}"),
        ),
    ] {
        let create = format!("--emulator asa {create}");
        let run = |redirection| fixture.run_in_shell(create.split(' '), redirection);
        for redirection in [">/dev/null", "| true"] {
            let written = run(redirection);
            assert_eq!((written.code, &*written.stderr), (Some(0), ""));
        }
        let line = run(">/dev/full").fails_with(12);
        assert!(line.ends_with(" was created\n"), "{line}");
        let list = fixture.run(&format!("--emulator asa {list} -o ndjson"));
        assert_eq!(list.success().matches("kept").count(), 3);
    }
}

// C5
#[test]
fn a_created_token_that_cannot_be_written_is_deleted_again() {
    let fixture = Fixture::new();
    let before = tokens(&fixture);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output: CommandOutput = fixture
        .command(CREATE)
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap()
        .into();
    assert!(
        output.fails_with(1).contains("deleted again"),
        "a reader that left is no quiet end here"
    );
    assert_eq!(tokens(&fixture), before);
}

// C5
#[test]
fn a_created_token_that_cannot_be_written_or_deleted_is_named() {
    let script = RawServer::new(|request| {
        RawResponse::Bytes(if request.starts_with("POST") {
            response(
                "201 Created",
                "application/json",
                r#"{"id":"dt0g02.A","token":"dt0g02.A.CANARY"}"#,
            )
        } else {
            response("403 Forbidden", "application/json", "{}")
        })
    });
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut create = Fixture::dt(&script.url).command(["dt", "token", "create", "edge-7"]);
    let output: CommandOutput = create
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap()
        .into();
    assert!(output.fails_with(12).contains("dt0g02.A to stdout"));
}

#[test]
fn a_setup_tokens_value_is_not_shown_even_if_the_server_sends_it() {
    let token = r#"{"id":"t1","registration_type":"gateway-agent","details":null,"token":"sft-gw.6116bb2a-7289-4528-92ee-8e92443c3b61.CANARY"}"#;
    let script = team(move |request| {
        let (status, body) = match request {
            create if create.starts_with("POST") => ("201 Created", token.to_owned()),
            get if get.contains("/t1 ") => ("200 OK", token.to_owned()),
            _ => ("200 OK", format!(r#"{{"list":[{token}]}}"#)),
        };
        RawResponse::Bytes(response(status, "application/json", &body))
    });
    let fixture = Fixture::asa(&script.url);
    for line in ["list", "get t1", "create"] {
        for format in ["table", "json", "ndjson"] {
            // `CommandOutput` checks both streams for the canary.
            assert!(
                fixture
                    .run(&format!("asa setup-token {line} -o {format}"))
                    .success()
                    .contains("t1")
            );
        }
    }
}

#[test]
fn a_bearer_that_the_server_repeats_in_a_success_is_not_shown() {
    let bearer = "OpaqueBearerOfTheSession7";
    let script = RawServer::new(move |request| {
        let (fields, body) = match request.contains("/service_token ") {
            true => (
                "200 OK".to_owned(),
                format!(
                    r#"{{"bearer_token":"{bearer}","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}}"#
                ),
            ),
            false => (
                format!("200 OK\r\nx-request-id: {bearer}"),
                format!(
                    r#"{{"list":[{{"id":"g1","name":"see {bearer}","refuse_connections":false}}]}}"#
                ),
            ),
        };
        RawResponse::Bytes(response(&fields, "application/json", &body))
    });
    for format in ["table", "json", "csv"] {
        let line = format!("-vv asa gateway list -o {format}");
        let output = Fixture::asa(&script.url).run(&line);
        assert!(!output.raw_stderr.contains(bearer), "{}", output.raw_stderr);
        let stdout = output.success();
        assert!(stdout.contains("see [redacted]"), "{stdout}");
    }
}

#[test]
fn a_new_secret_in_an_unreadable_date_is_not_on_stderr_in_any_encoding() {
    let secret = "OpaqueSetupTokenOfAGateway";
    for date in [
        secret.to_owned(),
        "T3BhcXVlU2V0dXBUb2tlbk9mQUdhdGV3YXk=".to_owned(),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ] {
        let script = team(move |_| {
            let body = format!(
                r#"{{"id":"t1","registration_type":"gateway-agent","token":"{secret}","created_at":"{date}"}}"#
            );
            RawResponse::Bytes(response("201 Created", "application/json", &body))
        });
        let output = Fixture::asa(&script.url).run("asa setup-token create --description d");
        let stderr = output.raw_stderr.clone();
        output.success();
        assert!(stderr.contains("created_at is unreadable"), "{stderr}");
        for part in [secret, "T3BhcXVl", "4f7061717565"] {
            assert!(!stderr.contains(part), "{stderr}");
        }
    }
}

// U1
#[test]
fn a_token_repeated_by_the_server_is_not_on_stderr() {
    for text in encodings_of_the_canary() {
        for (status, code) in [
            ("400 Bad Request", 6),
            ("500 Internal Server Error", 11),
            ("403 Forbidden", 4),
        ] {
            let stderr = stderr_of_mirror(
                &text,
                status,
                Fixture::dt,
                "dt token get dt0g02.a",
                Some(code),
            );
            assert_hidden(&stderr);
        }
    }
}

// U1
#[test]
fn a_key_secret_repeated_by_the_server_is_not_on_stderr() {
    for text in encodings_of_the_canary() {
        for status in ["400 Bad Request", "403 Forbidden"] {
            let stderr = stderr_of_mirror(&text, status, Fixture::asa, "asa gateway list", None);
            assert_hidden(&stderr);
        }
    }
}

fn encodings_of_the_canary() -> Vec<String> {
    let token = CANARY;
    let encode = |write: fn(u8) -> String| token.bytes().map(write).collect::<String>();
    vec![
        token.to_owned(),
        encode(|byte| format!("%{byte:02x}")),
        encode(|byte| format!("\\u{byte:04x}")),
        "ZHQwYzAxLkNBTkFSWVBVQkxJQy5DQU5BUllTRUNSRVRDQU5BUllTRUNSRVQ=".to_owned(),
        "OmR0MGMwMS5DQU5BUllQVUJMSUMuQ0FOQVJZU0VDUkVUQ0FOQVJZU0VDUkVU".to_owned(),
        "OmR0MGMwMS5DQU5BUllQVUJMSUMu\\r\\nQ0FOQVJZU0VDUkVUQ0FO\\r\\nQVJZU0VDUkVU".to_owned(),
        token.replace("CANARY", "CAN\\u200bARY"),
        format!("{:?}", token.as_bytes()).replace(['[', ']'], ""),
    ]
}

/// Returns the most verbose stderr of a command whose server repeats a text in its error.
fn stderr_of_mirror(
    text: &str,
    status: &str,
    fixture: fn(&str) -> Fixture,
    line: &str,
    code: Option<i32>,
) -> String {
    let (stderr_of_mirror, status) = (text.to_owned(), status.to_owned());
    let script = RawServer::new(move |_| {
        let message = format!("begin '{stderr_of_mirror}' end");
        let dynatrace = format!(
            r#"{{"code":400,"message":"{message}","constraintViolations":[{{"path":"p","message":"'{stderr_of_mirror}'"}}]}}"#
        );
        let body =
            format!(r#"{{"code":400,"type":"a","message":"{message}","error":{dynatrace}}}"#);
        RawResponse::Bytes(response(&status, "application/json", &body))
    });
    let fixture = fixture(&script.url).with("RUST_LOG", "trace");
    let output = fixture.run(&format!("{line} -vvv"));
    assert!(
        code.map_or(output.code != Some(0), |code| output.code == Some(code)),
        "{output:?}"
    );
    assert!(
        output.stderr.contains("begin '[redacted]' end") || text.starts_with("OmR0"),
        "{output:?}"
    );
    output.stderr
}

#[track_caller]
fn assert_hidden(stderr: &str) {
    for piece in [
        "CANARYSEC",
        "ARYCAN",
        "ARY\\u{200b}",
        "67, 65, 78",
        "QU5BUllTRUNSRV",
        "FOQVJZU0VDUk",
        "%43%41%4e",
        "u0043\\u0041",
    ] {
        assert!(!stderr.contains(piece), "{piece}: {stderr}");
    }
}
