//! Completions in shells.

use std::process::Stdio;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::Fixture;

/// Returns what completes the last of these words but options, which may stand everywhere.
fn names(fixture: &Fixture, line: &str) -> Vec<String> {
    let mut names = completed(fixture, line);
    names.retain(|name| !name.starts_with("--"));
    names
}

/// Returns what completes the last of these words.
fn completed(fixture: &Fixture, line: &str) -> Vec<String> {
    let words = ["--", "gatelet"].into_iter().chain(line.split(' '));
    let mut command = fixture.command(words);
    let index = line.split(' ').count().to_string();
    command.env("GATELET_COMPLETE", "bash");
    command.env("_CLAP_COMPLETE_INDEX", index);
    command.env("_CLAP_IFS", "\n");
    let output = command.output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|name| name.trim_end().to_owned())
        .collect()
}

#[test]
fn commands_options_and_words_are_completed() {
    let fixture = Fixture::new();
    for (line, expected) in [
        ("asa gat", &["gateway", "gateway-setup-token"][..]),
        ("dt token expiring --wit", &["--within"]),
        ("-o js", &["json"]),
        ("dt active-gate list --os-type L", &["LINUX"]),
        ("dt --api p", &["platform"]),
        ("config set dt.u", &["dt.url"]),
        ("completions f", &["fish"]),
    ] {
        assert_eq!(completed(&fixture, line), expected, "{line}");
    }
}

#[test]
fn profiles_are_completed_from_the_file() {
    let fixture = Fixture::new();
    let file = "[profiles.prod.dt]\n[profiles.\"p; reboot\".dt]\n[profiles.test.dt]\n";
    let config = fixture.file("config.toml", file);
    let fixture = fixture.with("GATELET_CONFIG", config.to_str().unwrap());
    for line in ["--profile ", "dt token list --profile ", "config use "] {
        assert_eq!(names(&fixture, line), ["prod", "test"], "{line}");
    }
    assert_eq!(completed(&fixture, "--profile=pr"), ["--profile=prod"]);
    // A file that is no TOML has no names, and nobody is told.
    fixture.file("config.toml", "[");
    assert!(completed(&fixture, "--profile ").is_empty());
}

#[test]
fn names_and_ids_are_completed_by_a_list() {
    let fixture = Fixture::new();
    for (line, some) in [
        ("--emulator dt token get ", "dt0g02.abc123"),
        ("dt token delete --emulator ", "dt0g02.abc123"),
        ("--emulator dt active-gate get ", "1541791174"),
        ("--emulator dt update-job create ", "1541791174"),
        (
            "--emulator asa gw status a2",
            "a2dfd474-2db4-4bb2-8364-d5f76ade396e",
        ),
        ("--emulator asa enrollment-token list ", "web"),
        ("--emulator asa project gateways ", "web"),
        ("--emulator asa service-user key list ", "reporter"),
        (
            "emulator enroll gateway-9 --setup-token ",
            "6116bb2a-7289-4528-92ee-8e92443c3b61",
        ),
    ] {
        let names = completed(&fixture, line);
        assert!(names.iter().any(|name| name == some), "{line}: {names:?}");
    }
    let create = fixture.run("--emulator asa enrollment-token create web --description x -o name");
    let id = create.success();
    let ids = names(&fixture, "--emulator asa enrollment-token get web ");
    assert_eq!(ids, [id.trim()]);
    let group = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111";
    let line = format!("--emulator asa resource-group project get {group} ");
    assert_eq!(names(&fixture, &line).len(), 1);
    // A name that does not exist yet, and a value that is no id.
    for line in ["dt token create ", "dt update-job create 1541791174 "] {
        let names = completed(&fixture, &format!("--emulator {line}"));
        assert!(
            names.iter().all(|name| name.starts_with("--")),
            "{line}: {names:?}"
        );
    }
}

/// Returns a server with two tokens, one of which a shell would not take for one word.
fn environment() -> RawServer {
    RawServer::new(|_| {
        let token = |id: &str| {
            format!(
                r#"{{"id":"{id}","name":"t","owner":"o","creationDate":"2026-01-01T00:00:00Z"}}"#
            )
        };
        let tokens = [
            token("dt0g02.plain"),
            token("$(reboot)"),
            token("a b"),
            token("`id`"),
        ]
        .join(",");
        let list = format!(r#"{{"totalCount":4,"activeGateTokens":[{tokens}]}}"#);
        RawResponse::Bytes(response("200 OK", "application/json", &list))
    })
}

#[test]
fn a_completion_only_reads_and_offers_no_name_that_a_shell_would_run() {
    let server = environment();
    let fixture = Fixture::dt(&server.url);
    let names = completed(&fixture, "dt token delete --yes d");
    assert_eq!(names, ["dt0g02.plain"]);
    assert_eq!(completed(&fixture, "dt token delete --yes $").len(), 0);
    for request in server.requests.try_iter() {
        assert!(request.starts_with("GET "), "{request}");
    }
}

#[test]
fn a_completion_without_a_usable_setting_is_empty_and_silent() {
    let nowhere = || Fixture::dt("http://127.0.0.1:1");
    let forbidden = RawServer::always("403 Forbidden", "application/json", "{}");
    for fixture in [
        Fixture::new(),
        nowhere(),
        nowhere().with("GATELET_DT_TOKEN_FILE", "/nowhere"),
        Fixture::dt(&forbidden.url),
    ] {
        assert!(completed(&fixture, "dt token get d").is_empty());
    }
}

#[test]
fn a_server_that_does_not_respond_holds_up_no_completion() {
    let server = RawServer::new(|_| RawResponse::Silence);
    let fixture = Fixture::dt(&server.url);
    assert!(completed(&fixture, "dt token get d").is_empty());
}

#[cfg(unix)]
#[test]
fn the_command_of_a_credential_is_not_run() {
    let server = environment();
    let fixture = Fixture::new();
    let mark = fixture.path("mark");
    let config = format!(
        "[profiles.prod.dt]\nurl = \"{}\"\ntoken_command = [\"touch\", \"{mark}\"]\n",
        server.url
    );
    let config = fixture.file("config.toml", config);
    let fixture = fixture.with("GATELET_CONFIG", config.to_str().unwrap());
    assert!(completed(&fixture, "--profile prod dt token get d").is_empty());
    assert!(!std::path::Path::new(&mark).exists());
    assert_eq!(server.requests.try_iter().count(), 0);
}

#[test]
fn each_shell_has_a_script() {
    let fixture = Fixture::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = fixture.run(&format!("completions {shell}")).success();
        assert!(
            script.contains("GATELET_COMPLETE") && script.contains(shell),
            "{script}"
        );
    }
    let error = fixture.run("completions bsh").fails_with(2);
    assert!(error.contains("did you mean bash?"), "{error}");
}

#[cfg(unix)]
#[test]
fn bash_completes_with_the_script() {
    let fixture = Fixture::new();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gatelet"), fixture.path("gatelet")).unwrap();
    let script = r#"
        source <(gatelet completions bash) || exit 1
        COMP_WORDS=(gatelet --emulator dt token get dt0g02.abc)
        COMP_CWORD=5 COMP_TYPE=9
        _clap_complete_gatelet gatelet dt0g02.abc get
        echo "${COMPREPLY[@]}"
    "#;
    let inner = fixture.command::<&str>([]);
    let variables = inner
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let path = format!("{}:/usr/bin:/bin", fixture.path(""));
    let run = std::process::Command::new("bash")
        .args(["-c", script])
        .env_clear()
        .envs(variables)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output();
    // Not every system has bash.
    let Ok(run) = run else { return };
    let printed = String::from_utf8(run.stdout).unwrap();
    assert_eq!(
        printed.trim(),
        "dt0g02.abc123",
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
}
