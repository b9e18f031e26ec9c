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
