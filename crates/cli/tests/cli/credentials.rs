//! Where a credential is read from.

use std::process::Stdio;

use gatelet_test_support::raw_server::RawServer;

use crate::run::{CANARY, CommandOutput, Fixture};

const JSON: &str = "application/json";
const EMPTY: &str = r#"{"totalCount":0,"activeGateTokens":[]}"#;
const LIST: &str = "dt active-gate-token list";

fn server() -> RawServer {
    RawServer::always("200 OK", JSON, EMPTY)
}

/// A fixture with a profile whose Dynatrace table ends in this line.
fn profile(url: &str, line: &str) -> Fixture {
    let fixture = Fixture::new();
    let text = format!("default_profile = \"prod\"\n[profiles.prod.dt]\nurl = \"{url}\"\n{line}\n");
    let path = fixture.file("config.toml", text);
    fixture
        .with("GATELET_CONFIG", path.to_str().unwrap())
        .with("PATH", "/usr/bin:/bin")
}

// U29
#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_writes_to_ends_by_the_timeout_and_by_ctrl_c() {
    use rustix::process::{Pid, Signal, kill_process};
    let fixture = Fixture::new();
    let pipe = fixture.path("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into()).unwrap();
    let fixture = fixture
        .with("GATELET_DT_URL", "http://127.0.0.1:1")
        .with("GATELET_DT_TOKEN_FILE", &pipe);
    let line = fixture.run(&format!("{LIST} --timeout 0.2")).fails_with(9);
    assert!(
        line.contains("GATELET_DT_TOKEN_FILE names: timed out"),
        "{line}"
    );

    let mut command = fixture.command(LIST.split(' '));
    let command = command.stderr(Stdio::piped()).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    // The pipe opens when the process reads it, which is after it catches signals.
    let writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = CommandOutput::from(child.wait_with_output().unwrap());
    drop(writer);
    assert_eq!(output.fails_with(130), "gatelet: interrupted\n");
}

// U30
#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused_with_the_remedy() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = server();
    let fixture = Fixture::new().with("GATELET_DT_URL", &server.url);
    let file = fixture.file("token", CANARY);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let file = file.to_str().unwrap();
    let fixture = fixture.with("GATELET_DT_TOKEN_FILE", file);
    let line = fixture.run(LIST).fails_with(2);
    assert!(line.contains(&format!("`chmod 600 {file}`")), "{line}");
    let fixture = fixture.with("GATELET_ALLOW_READABLE_SECRETS", "1");
    fixture.run(LIST).success();
    assert_eq!(server.requests.try_iter().count(), 1);
}

// U36
#[test]
fn nothing_set_up_has_one_exit_code() {
    Fixture::new().run(LIST).fails_with(13);
    let dt = || Fixture::new().with("GATELET_DT_URL", "http://127.0.0.1:1");
    dt().run(LIST).fails_with(13);
    dt().with("GATELET_DT_TOKEN_FILE", "/nowhere/token")
        .run(LIST)
        .fails_with(13);
    Fixture::asa("http://127.0.0.1:1")
        .with("GATELET_ASA_KEY_ID", "")
        .run("asa gateway list")
        .fails_with(13);
    let line = profile("http://127.0.0.1:1", "").run(LIST).fails_with(13);
    assert!(
        line.contains("the profile prod has no dt.token_file"),
        "{line}"
    );
}

#[test]
fn a_secret_is_read_from_stdin() {
    let server = server();
    let fixture = Fixture::new()
        .with("GATELET_DT_URL", &server.url)
        .with("GATELET_DT_TOKEN_FILE", "-");
    let mut command = fixture.command(LIST.split(' '));
    let file = fixture.file("token", format!("{CANARY}\n"));
    command.stdin(std::fs::File::open(file).unwrap());
    CommandOutput::from(command.output().unwrap()).success();
    let request = server.requests.recv().unwrap();
    assert!(request.contains(&format!("Api-Token {CANARY}\r\n")));
}

#[cfg(unix)]
#[test]
fn a_command_of_the_profile_prints_the_secret() {
    let server = server();
    let files = Fixture::new();
    let file = files.file("token", format!("{CANARY}\n"));
    let line = format!("token_command = [\"cat\", \"{}\"]", file.display());
    profile(&server.url, &line).run(LIST).success();
    let request = server.requests.recv().unwrap();
    assert!(request.contains(&format!("Api-Token {CANARY}\r\n")));
}

#[cfg(unix)]
#[test]
fn a_command_that_fails_or_is_of_the_working_directory_is_refused() {
    let url = "http://127.0.0.1:1";
    for (command, code, expected) in [
        (
            String::from(r#"["sh", "-c", "printf CANARY; exit 3"]"#),
            2,
            "the command failed: exit status: 3",
        ),
        (
            String::from(r#"["./token"]"#),
            2,
            "must be an absolute path, or the name of a program in PATH",
        ),
        (String::from(r#"["true"]"#), 2, "is empty"),
        (
            String::from(r#"["gatelet-none"]"#),
            13,
            "no program gatelet-none in the absolute folders of PATH",
        ),
        (String::from(r#"["sleep", "60"]"#), 9, "timed out"),
    ] {
        let fixture = profile(url, &format!("token_command = {command}"));
        let timeout = format!("{LIST} --timeout 2");
        let line = fixture.run(&timeout).fails_with(code);
        assert!(line.contains(expected), "{line}");
        assert!(
            line.contains("dt.token_command of the profile prod"),
            "{line}"
        );
    }
}
