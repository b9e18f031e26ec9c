//! `gatelet login`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use gatelet_emulator::well_known;
use gatelet_test_support::raw_server::RawServer;

use crate::run::{CANARY, CommandOutput, EmulatorServer, Fixture};

const JSON: &str = "application/json";

/// A fixture whose configuration file does not exist yet.
fn unconfigured() -> (Fixture, String) {
    let fixture = Fixture::new();
    let path = fixture.path("config.toml");
    (fixture.with("GATELET_CONFIG", &path), path)
}

/// Runs a command line whose stdin is a text.
fn run_with(fixture: &Fixture, line: &str, input: &str) -> CommandOutput {
    let mut child = fixture
        .command(line.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that is refused reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}

#[test]
fn options_make_a_profile_whose_secret_is_in_a_file_of_its_owner() {
    let server = EmulatorServer::start(&Fixture::new());
    let (fixture, path) = unconfigured();
    let line = format!(
        "login dt --profile prod --url {} --token-file -",
        server.url
    );
    let output = run_with(&fixture, &line, well_known::DT_TOKEN);
    assert!(
        output.stderr.contains("may read ActiveGate tokens"),
        "{output:?}"
    );
    assert!(
        output
            .stderr
            .contains(&format!("wrote the profile prod to {path}")),
        "{output:?}"
    );
    assert!(
        !format!("{output:?}").contains(well_known::DT_TOKEN),
        "{output:?}"
    );
    let shown = output.success();
    assert!(
        shown.contains("dt.token_file  \"prod.dt-token\"\n"),
        "{shown}"
    );
    let secret = fixture.path("prod.dt-token");
    assert_eq!(
        fs::read_to_string(&secret).unwrap().trim_end(),
        well_known::DT_TOKEN
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&secret), mode(&path)), (0o600, 0o600));
    }
    // The first profile is the default.
    fixture.run("dt token list").success();

    let key = fixture.file("key", well_known::ASA_KEY_SECRET);
    let line = format!(
        "login asa --profile prod --readonly --url {} --team {} --key-id {} --secret-file {}",
        server.url,
        well_known::ASA_TEAM,
        well_known::ASA_KEY_ID,
        key.display()
    );
    let output = fixture.run(&line);
    assert!(output.stderr.contains("logged in as "), "{output:?}");
    output.success();
    fixture.run("asa gateway list --profile prod").success();
    fixture
        .run("dt token create a --profile prod")
        .fails_with(2);
    fixture.run("config validate").success();
}

#[test]
fn a_variable_and_a_command_are_places_of_a_secret() {
    let server = EmulatorServer::start(&Fixture::new());
    let (fixture, _) = unconfigured();
    let file = fixture.file("token", well_known::DT_TOKEN);
    let fixture = fixture
        .with("PROD_TOKEN", well_known::DT_TOKEN)
        .with("PATH", "/usr/bin:/bin");
    for place in [
        "--secret-variable PROD_TOKEN".to_owned(),
        format!("--secret-command cat {}", file.display()),
    ] {
        let line = format!("login dt --profile prod --yes --url {} {place}", server.url);
        fixture.run(&line).success();
        fixture.run("dt token list --profile prod").success();
    }
    let line = format!(
        "login dt --profile test --url {} --secret-variable NONE",
        server.url
    );
    let line = fixture.run(&line).fails_with(13);
    assert!(line.contains("the variable NONE is not set"), "{line}");
    assert!(line.contains("nothing was written"), "{line}");
}

#[test]
fn a_credential_that_is_refused_writes_nothing() {
    let server = EmulatorServer::start(&Fixture::new());
    let (fixture, path) = unconfigured();
    for (url, code) in [(server.url.as_str(), 3), ("http://127.0.0.1:1", 8)] {
        let line = format!("login dt --profile prod --retries 0 --url {url} --secret-file -");
        let line = run_with(&fixture, &line, CANARY).fails_with(code);
        assert!(line.contains("nothing was written"), "{line}");
    }
    assert!(fs::metadata(&path).is_err());
    assert!(fs::metadata(fixture.path("prod.dt-token")).is_err());
    // A missing scope is no reason.
    let refusal = r#"{"error":{"code":403,"message":"Token is missing required scope"}}"#;
    let server = RawServer::always("403 Forbidden", JSON, refusal);
    let line = format!(
        "login dt --profile prod --url {} --secret-file -",
        server.url
    );
    let output = run_with(&fixture, &line, CANARY);
    assert!(
        output.stderr.contains("may not read ActiveGate tokens"),
        "{output:?}"
    );
    output.success();
}

#[test]
fn what_is_missing_invalid_or_there_already_is_named_and_nothing_is_written() {
    let (fixture, path) = unconfigured();
    let text = "[profiles.prod.dt]\nurl = \"https://a\"\n";
    fs::write(&path, text).unwrap();
    for (line, expected) in [
        ("login", "add asa or dt"),
        ("login dt", "add --profile"),
        (
            "login dt --profile new",
            "add --url and --secret-file, --secret-variable or",
        ),
        (
            "login asa --profile new --secret-variable A",
            "add --team and --key-id",
        ),
        ("login dt --profile new --team a", "--team is not for dt"),
        (
            "login asa --profile new --oauth-client-id a",
            "--oauth-client-id is not for asa",
        ),
        (
            "login dt --profile new --url http://example.com --secret-variable A",
            "invalid dt.url",
        ),
        (
            "login dt --profile new --url https://a --secret-variable A-B",
            "invalid dt.token_variable",
        ),
        (
            "login dt --profile new --secret-file a --secret-variable A",
            "cannot be used with",
        ),
        (
            "login dt --profile prod --url https://a --secret-variable A",
            "has settings of dt",
        ),
        ("login dt --profile prod --emulator", "--emulator"),
        ("login dt --all-profiles", "call an API"),
    ] {
        let error = fixture.run(line).fails_with(2);
        assert!(error.contains(expected), "{line}: {error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_credential_of_the_environment_is_not_tried_and_is_warned_of() {
    let server = EmulatorServer::start(&Fixture::new());
    let (fixture, _) = unconfigured();
    let fixture = fixture.with("GATELET_DT_TOKEN", well_known::DT_TOKEN);
    let line = format!(
        "login dt --profile prod --url {} --secret-file -",
        server.url
    );
    let refused = run_with(&fixture, &line, CANARY);
    refused.fails_with(3);
    let output = run_with(&fixture, &line, well_known::DT_TOKEN);
    let warning = "gatelet: warning: GATELET_DT_TOKEN is set and comes before profiles";
    assert!(output.stderr.contains(warning), "{output:?}");
    output.success();
}

#[cfg(unix)]
mod at_a_terminal {
    use super::*;
    use crate::terminal::Terminal;

    /// Answers questions, each of which ends with a text.
    fn answer(terminal: &mut Terminal, answers: &[(&str, &str)]) -> String {
        let mut all = String::new();
        for (question, answer) in answers {
            all += &terminal.read_until(question);
            writeln!(terminal.near, "{answer}").unwrap();
        }
        all
    }

    #[test]
    fn a_person_is_asked_for_each_answer_and_a_secret_is_not_shown() {
        let server = EmulatorServer::start(&Fixture::new());
        let (fixture, path) = unconfigured();
        let mut terminal = Terminal::open();
        let mut child = terminal.run(&fixture, &["login"]);
        let shown = answer(
            &mut terminal,
            &[
                ("asa (Okta) or dt (Dynatrace): ", "dtt"),
                ("dt (Dynatrace): ", "dt"),
                ("Name of the profile [default]: ", "prod"),
                ("live.dynatrace.com: ", "nonsense"),
                ("live.dynatrace.com: ", CANARY),
                ("live.dynatrace.com: ", &server.url),
                ("or nothing for a token: ", ""),
                ("Place [new]: ", ""),
                ("platform token (not shown): ", well_known::DT_TOKEN),
            ],
        );
        let shown = shown + &terminal.read_until("stored the secret in ");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{shown}");
        assert!(shown.contains("looks like a secret"), "{shown}");
        assert!(shown.contains("may read ActiveGate tokens"), "{shown}");
        assert!(!shown.contains(well_known::DT_TOKEN), "{shown}");
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("default_profile = \"prod\""), "{text}");
        fixture.run("dt token list").success();
    }

    #[test]
    fn a_person_is_asked_for_the_key_of_a_team() {
        let server = EmulatorServer::start(&Fixture::new());
        let (fixture, path) = unconfigured();
        let mut terminal = Terminal::open();
        let options = ["login", "asa", "--profile=okta", "--secret-file=-"];
        let mut child = terminal.run(&fixture, &options);
        let answers = [
            ("Name of the team: ", well_known::ASA_TEAM),
            ("URL of the API [https://app.scaleft.com]: ", &server.url),
            ("API key: ", well_known::ASA_KEY_ID),
            ("Secret of the API key (not shown): ", "hunter2"),
            ("Write the profile nevertheless? [y/N] ", "n"),
        ];
        let shown = answer(&mut terminal, &answers);
        assert_eq!(child.wait().unwrap().code(), Some(2), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(fs::metadata(path).is_err());
    }

    #[test]
    fn another_profile_is_replaced_only_if_the_answer_is_yes() {
        let server = EmulatorServer::start(&Fixture::new());
        let (fixture, path) = unconfigured();
        let text = "[profiles.prod.dt]\nurl = \"https://a\" # mine\ntoken_variable = \"A\"\n";
        fs::write(&path, text).unwrap();
        let fixture = fixture.with("PROD_TOKEN", well_known::DT_TOKEN);
        let options = ["login", "dt", "--profile", "prod", "--url", &server.url];
        let options = [
            &options[..],
            &["--oauth-client-id=", "--secret-variable", "PROD_TOKEN"],
        ]
        .concat();
        for (word, code) in [("n", 2), ("y", 0)] {
            let mut terminal = Terminal::open();
            let mut child = terminal.run(&fixture, &options);
            answer(&mut terminal, &[("Replace them? [y/N] ", word)]);
            assert_eq!(child.wait().unwrap().code(), Some(code));
        }
        let replaced = fs::read_to_string(&path).unwrap();
        let expected = format!(
            "[profiles.prod.dt]\nurl = \"{}\" # mine\ntoken_variable = \"PROD_TOKEN\"\n",
            server.url
        );
        assert_eq!(replaced, expected);
    }

    #[test]
    fn a_terminal_shows_again_what_is_typed_after_an_interrupt() {
        use rustix::termios::{LocalModes, tcgetattr};
        let (fixture, path) = unconfigured();
        let mut terminal = Terminal::open();
        let options = [
            "login",
            "dt",
            "--profile=a",
            "--url=https://a",
            "--oauth-client-id=",
        ];
        let mut child = terminal.run(&fixture, &options);
        answer(&mut terminal, &[("Place [new]: ", "new")]);
        terminal.read_until("(not shown): ");
        let echoes = |terminal: &Terminal| {
            let modes = tcgetattr(&terminal.near).unwrap().local_modes;
            modes.contains(LocalModes::ECHO)
        };
        while echoes(&terminal) {
            std::thread::yield_now();
        }
        crate::run::send_signal("-INT", &child);
        let shown = terminal.read_until("nothing was written");
        assert_eq!(child.wait().unwrap().code(), Some(130), "{shown}");
        assert!(echoes(&terminal));
        assert!(fs::metadata(path).is_err());
    }
}
