//! The command of `asa service-user key rotate --out-command`.

use std::fs;

use gatelet_emulator::well_known::{ASA_KEY_ID, ASA_USER};
use serde_json::Value;

use crate::key_rotation::run;
use crate::run::{CommandOutput, Fixture, team};

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
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            &format!(
                "gatelet: created key {id} of service user {ASA_USER}; its other keys have an end now"
            ),
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
        let state = "use the new key if it is where the command stores it; otherwise delete it with `gatelet asa service-user key delete --emulator ";
        assert!(stderr.contains(state), "{stderr}");
        assert!(stderr.ends_with("` and rotate again\n"), "{stderr}");
    }
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 3);
}

#[test]
#[cfg(unix)]
fn a_command_has_no_secret_of_this_process_in_its_environment() {
    let names = [
        "GATELET_ASA_KEY_SECRET",
        "GATELET_DT_TOKEN",
        "GATELET_DT_OAUTH_CLIENT_SECRET",
        "OKTAPAM_SECRET",
        "DT_API_TOKEN",
        "DYNATRACE_API_TOKEN",
        "DT_PLATFORM_TOKEN",
        "GATELET_EMULATOR_FAULTS",
    ];
    let fixture = names
        .iter()
        .fold(Fixture::new().with("KEPT", "yes"), |fixture, name| {
            fixture.with(name, "hunter2")
        });
    let fixture = fixture
        .with("PATH", "/usr/bin:/bin")
        .with("GATELET_PROXY", "http://user:hunter2@127.0.0.1:1");
    let path = fixture.path("environment");
    let command = format!("cat > /dev/null; env > {path}");
    let words = ["--emulator", "asa", "su", "key", "rotate", "--out-command"];
    let rotated = fixture.run_args(words.iter().copied().chain([command.as_str()]));
    rotated.success();
    let environment = fs::read_to_string(path).unwrap();
    assert!(environment.contains("KEPT=yes"), "{environment}");
    assert!(!environment.contains("hunter2"), "{environment}");
}

#[test]
#[cfg(unix)]
fn a_command_is_awaited_although_this_process_was_started_to_ignore_the_ends_of_others() {
    let rotate = "--emulator asa su key rotate --out-command cat";
    // Not every `sh` can ignore SIGCHLD.
    let ignored = r#"exec bash -c 'trap "" CHLD; exec "$0" "$@"' "$0" "$@"; true"#;
    let output = Fixture::new().run_after(ignored, rotate);
    assert!(
        output.stderr.contains("the command has stored the new key"),
        "{output:?}"
    );
    output.success();
}

#[test]
#[cfg(unix)]
fn a_shell_of_the_working_directory_is_not_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = team(|_| panic!("nothing is sent"));
    let fixture = Fixture::asa(&server.url);
    let shell = fixture.file("sh", "#!/bin/sh\n");
    fs::set_permissions(&shell, fs::Permissions::from_mode(0o700)).unwrap();
    let folder = shell.parent().unwrap().to_owned();
    for path in [".", ":"] {
        let words = ["asa", "su", "key", "rotate", "--out-command", "cat"];
        let mut rotate = fixture.command(words);
        let rotated = rotate.current_dir(&folder).env("PATH", path).output();
        let line = CommandOutput::from(rotated.unwrap()).fails_with(2);
        assert!(line.contains("no program sh"), "{line}");
    }
    assert!(server.requests.try_iter().next().is_none());
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
fn nothing_is_rotated_for_an_empty_command() {
    let fixture = Fixture::new();
    let words = ["--emulator", "asa", "su", "key", "rotate", "--out-command"];
    for command in ["", " \n"] {
        let line = fixture
            .run_args(words.iter().chain([&command]))
            .fails_with(2);
        assert!(line.contains("--out-command: it is empty"), "{line}");
    }
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}
